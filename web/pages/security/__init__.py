"""Who may read and who may write: tokens and the Host header."""
