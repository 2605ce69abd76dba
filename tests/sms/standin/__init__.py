"""Stateful gateways on loopback that the real clients talk to, with every fault that a network has to offer."""
