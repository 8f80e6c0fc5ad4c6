"""What the team may send about the programme: shape only; what fits, the rules decide."""
