"""What flows, frozen: one file a stage, in the order in which they flow, and what they are made of."""
