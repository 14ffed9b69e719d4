"""Cases: what customers want of us, queues, promises, the desk."""
