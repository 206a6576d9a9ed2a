"""A model whose drones decide, in a module that other processes can import."""

from sim import CeasefireModel, DroneMonitor


class Homebody(DroneMonitor):
    """A drone that stays at home every other day."""

    def step(self) -> None:
        """Hold it, or let it fly."""
        if int(self.model.hours // 24.0) % 2:
            self.hold()
        else:
            self.release()


class HomebodyModel(CeasefireModel):
    """A ceasefire watched every other day."""

    drone_class = Homebody


class CrowdedModel(CeasefireModel):
    """A ceasefire whose drones all move to one stretch of the line after a step."""

    def step(self) -> None:
        """Send every drone to the first 20 km, once."""
        super().step()
        if not getattr(self, "sent", False):
            self.sent = True
            for drone in self.drones:
                drone.retask(0.0, 20.0)
