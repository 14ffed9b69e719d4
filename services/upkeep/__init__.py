"""What cars are due for: general inspection, service, warranty, recalls and campaigns."""
