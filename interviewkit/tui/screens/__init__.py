"""What fills the terminal: a module per screen."""
