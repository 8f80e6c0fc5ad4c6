"""What one orders with a ticket or an order: lunch, a T-shirt, a donation."""
