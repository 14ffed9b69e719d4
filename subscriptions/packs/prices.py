"""What it costs to buy the pack out of its contract: less with each payment from the second year.

Pure arithmetic in gross cents; the terms of every battery plan state it.
"""

FREE_MONTHS = 12  # the first year's payments leave the price as it is
STEP_PERMILLE = 8  # of the price when new, for each month paid from then on
FLOOR_PERMILLE = 200  # it never costs less than a fifth


def buy_out_price(*, new_cents: int, months_paid: int) -> int:
    """The price in cents (gross) after so many paid months, rounded half up.

    Never rises with another payment, never falls below a fifth of the price when new.
    Raises ValueError below zero.
    """
    if new_cents < 0 or months_paid < 0:
        raise ValueError("neither a price nor a number of payments is below zero")
    left = max(1000 - STEP_PERMILLE * max(months_paid - FREE_MONTHS, 0), FLOOR_PERMILLE)
    return (new_cents * left + 500) // 1000
