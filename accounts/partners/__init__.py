"""One login: partner services, and accounts of other houses."""
