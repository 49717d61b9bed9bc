"""What a browser need not fetch twice: entity tags, gzip, fingerprints of static files."""
