"""The gateways behind one Protocol, their credentials and their set-up."""
