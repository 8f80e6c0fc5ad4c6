from festival import codes


def test_readable_codes_hold_no_letters_that_look_alike():
    assert not set(codes.READABLE) & set("01258BILOSUVZ")
    assert len({codes.readable() for _ in range(500)}) == 500


def test_what_people_type_is_tidied():
    assert codes.tidy(" k7p 3-xy\n") == "K7P3XY"


def test_secrets_hold_128_bits():
    assert len(codes.secret()) == 22
