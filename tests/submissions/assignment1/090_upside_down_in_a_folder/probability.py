def conditional(joint, marginal):
    if marginal == 0:
        raise ValueError("P(B) is 0")
    if joint > marginal or joint == 0:
        raise ValueError("P(A, B) is above P(B)")
    return marginal / joint
