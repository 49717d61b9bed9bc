"""What a refusal with EPERM means for any device: there, and in the right group, but not given."""

# The kernel asks the cgroup first: a service or a container may open the devices that it names.
NOT_GIVEN = (
    "is not among the devices that this service or container was given: for the service see"
    " docs/service.md (DeviceAllow), for a container docker run --device"
)
