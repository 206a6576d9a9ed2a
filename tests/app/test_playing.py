"""Play, pause and all that comes between, in a real browser."""

import time

import pytest

from sim.app.scenarios import CONFIGS

pytest.importorskip("solara")
pytest.importorskip("selenium")

from chromium import (
    answered,
    by_text,
    canvas,
    choose,
    click,
    find,
    painted,
    served_app,
    text,
    until,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow]
KEY = "monitors.male.count"
SCENARIO = f"""extends = "{CONFIGS / "minimal.toml"}"
title = "A long run"
[run]
duration_days = 365
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("app") / "long.toml"
    path.write_text(SCENARIO)
    with served_app(path) as address:
        yield address


@pytest.fixture
def page(page):
    choose(page, "#speed", "5")
    return page


def play(page):
    answered(page, lambda: click(page, "#play"))


def number(page):
    return int(canvas(page, "number"))


def goes_on(page, frames=3):
    """Wait for frames more than one that was already on its way."""
    start = number(page)
    until(lambda: number(page) >= start + frames)
    return True


def is_halted(page):
    """Tell whether the clock stands still, once what was on its way has come."""
    time.sleep(0.3)
    halted = text(page, "#clock")
    time.sleep(0.3)
    return text(page, "#clock") == halted and text(page, "#play") == "Play"


def test_play_after_pause_goes_on_every_time(page):
    """Would catch a frame that is asked for while pausing, dropped, and never asked for again."""
    for turn in range(20):
        before = text(page, "#clock")
        play(page)
        until(lambda before=before: text(page, "#clock") != before)
        assert goes_on(page)
        # at another moment between two frames each time
        time.sleep(0.013 * turn)
        play(page)
        assert is_halted(page)


def test_a_pause_that_lasts_no_time_does_not_halt(page):
    """Would catch a page that counts on having seen the pause before it plays again."""
    play(page)
    for _ in range(10):
        page.execute_script(
            "const b = document.querySelector('#play'); b.click();"
            "setTimeout(() => b.click(), arguments[0])", 40,
        )  # fmt: skip
        time.sleep(0.5)
        if text(page, "#play") == "Play":  # both clicks fell before the label changed: one pause
            play(page)
        assert goes_on(page)


def test_play_goes_on_after_every_other_control(page):
    """Would catch a run that freezes for good when something else happens while it plays."""
    for control in (
        lambda: click(page, "#step"),
        lambda: choose(page, "#speed", "30"),
        lambda: choose(page, f"[data-key='{KEY}']", "-3"),
    ):
        play(page)
        assert goes_on(page)
        answered(page, control)
        assert text(page, "#play") == "Pause"
        assert goes_on(page)
        play(page)
        assert is_halted(page)


@pytest.mark.parametrize(
    "change",
    [
        lambda page: click(page, "#reset"),
        lambda page: choose(page, "#seed", "8"),
        lambda page: choose(page, f"[data-key='{KEY}']", "5"),
        lambda page: choose(page, "#scenario", "minimal"),
        lambda page: by_text(page, "button", "Keep this force and compare").click(),
    ],
    ids=["reset", "seed", "force", "scenario", "compare"],
)
def test_a_new_run_waits_and_then_plays(page, change):
    """Would catch a new run that keeps what was asked of the former, and so never starts."""
    play(page)
    assert goes_on(page)
    answered(page, lambda: change(page))
    until(lambda: text(page, "#clock") == "day 1, 00:00")
    assert is_halted(page)
    for _ in range(2):
        play(page)
        assert goes_on(page)
        play(page)
        assert is_halted(page)


def test_the_run_below_goes_on_when_the_one_above_goes(page):
    """Would catch the map of the kept run in the place of the other, with nothing left to ask."""
    answered(page, by_text(page, "button", "Keep this force and compare").click)
    until(lambda: len(find(page, "canvas")) == 2)
    play(page)
    assert goes_on(page)
    answered(page, by_text(page, "button", "Stop comparing").click)
    until(lambda: len(find(page, "canvas")) == 1)
    assert goes_on(page)


def test_a_hidden_tab_waits_and_goes_on_when_it_is_shown(page):
    """Would catch a frame that came while nothing was painted, and was the last."""
    page.execute_script(
        "window.hidden = 0; const note = () => { window.hidden += document.hidden; };"
        "document.addEventListener('visibilitychange', note);"
    )
    play(page)
    assert goes_on(page)
    first = page.current_window_handle
    page.switch_to.new_window("tab")
    time.sleep(4)
    page.close()
    page.switch_to.window(first)
    assert page.execute_script("return window.hidden") == 1
    assert goes_on(page)
    play(page)
    assert is_halted(page)
    play(page)
    assert goes_on(page)


def test_a_request_that_is_lost_is_repeated(page):
    """Would catch a page that waits for ever for the answer to a message that never arrived."""
    page.execute_script(
        "const m = document.querySelector('.ceasefire-map').__vue__, next = m.next;"
        "window.lost = 0; m.next = () => { m.next = next; window.lost += 1; };"
    )
    play(page)
    until(lambda: page.execute_script("return window.lost") == 1)
    assert goes_on(page)


def test_going_back_and_reloading_leave_a_page_that_works(page):
    """Would catch a page that comes back from the browser's memory without its server."""
    play(page)
    assert goes_on(page)
    page.get("about:blank")
    page.back()
    until(lambda: find(page, "canvas") and painted(page) > 0, seconds=40)
    until(lambda: text(page, "#clock") == "day 1, 00:00", seconds=40)
    play(page)
    assert goes_on(page)
    page.refresh()
    until(lambda: find(page, "canvas") and painted(page) > 0, seconds=40)
    assert is_halted(page)
    play(page)
    assert goes_on(page)


def shown(page):
    """Return what the controls show: seed, number and slider of a force, scenario."""
    script = "return arguments[0].map((css) => document.querySelector(css).value)"
    return page.execute_script(
        script, ["#seed", f"[data-key='{KEY}']", f"[data-slider='{KEY}']", "#scenario"]
    )


def test_controls_show_what_is_on_display(page):
    """Would catch a refused value that stays in its box, the second time above all."""
    before = shown(page)
    assert before == ["1", "20", "20", "long"]
    for css, refused in (("#seed", "-1"), (f"[data-key='{KEY}']", "-3"), ("#seed", "")) * 2:
        answered(page, lambda css=css, refused=refused: choose(page, css, refused))
        until(lambda: text(page, "#error"))
        assert shown(page) == before
    large = str(2**62 + 1)  # a browser's own numbers end at 2**53
    answered(page, lambda: choose(page, "#seed", large))
    assert shown(page) == [large, *before[1:]]
    assert text(page, "#error") == ""


def test_a_slider_that_is_drawn_back_shows_later_values(page):
    """Would catch a slider that shows for ever where it was once drawn to."""
    page.execute_script(
        "const e = document.querySelector(arguments[0]); for (const v of ['30', '20'])"
        "{ e.value = v; e.dispatchEvent(new Event('input')); }",
        f"[data-slider='{KEY}']",
    )
    answered(page, lambda: choose(page, f"[data-key='{KEY}']", "7"))
    assert shown(page)[1:3] == ["7", "7"]


def test_what_is_being_typed_is_left_alone(page):
    """Would catch a seed that is wiped away, half typed, while the run plays to its end."""
    play(page)
    assert goes_on(page)
    box = find(page, "#seed")[0]
    box.send_keys("23")
    answered(page, lambda: click(page, "#step"))
    assert shown(page)[0] == "123"
