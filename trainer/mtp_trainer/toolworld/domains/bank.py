"""Bank ledger: balances, transfers, histories."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import NUMBER, STRING, Op, P, ToolFailure, World, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

ACCOUNT_NAMES = ("account", "account_name", "acct", "holder", "owner")
ACCOUNT_DOCS = ("Name of the account", "Whose account", "The account holder", "Account name")
ACCOUNT = P("account", STRING, ACCOUNT_NAMES, ACCOUNT_DOCS)
AMOUNT = P(
    "amount",
    NUMBER,
    ("amount", "sum", "value", "money", "total"),
    ("Amount of money", "How much", "Sum in euros"),
)


def _account(world: World, name: str) -> str:
    if name not in world["accounts"]:
        known = ", ".join(sorted(world["accounts"]))
        raise ToolFailure(f"No account '{name}'. Accounts: {known}.")
    return name


def _balance(world: World, account: str) -> Any:
    return world["accounts"][_account(world, account)]


def _deposit(world: World, account: str, amount: float) -> Any:
    world["accounts"][_account(world, account)] = number(world["accounts"][account] + amount)
    return world["accounts"][account]


def _withdraw(world: World, account: str, amount: float) -> Any:
    if world["accounts"][_account(world, account)] < amount:
        raise ToolFailure(f"Balance too low: {account} has {world['accounts'][account]}.")
    return _deposit(world, account, -amount)


def _transfer(world: World, source: str, target: str, amount: float) -> Any:
    _account(world, target)
    _withdraw(world, source, amount)
    _deposit(world, target, amount)
    return "done"


OPS = (
    Op(
        "balance",
        ("get_balance", "account_balance", "balance_of", "check_balance", "read_balance"),
        (
            "Return the balance of an account.",
            "How much money is in an account.",
            "Current balance of an account.",
        ),
        (ACCOUNT,),
        _balance,
        "balance",
    ),
    Op(
        "deposit",
        ("deposit", "deposit_money", "add_money", "pay_in", "credit_account"),
        ("Deposit money into an account.", "Pay money into an account.", "Deposit an amount on an account."),
        (ACCOUNT, AMOUNT),
        _deposit,
        "balance",
    ),
    Op(
        "withdraw",
        ("withdraw", "withdraw_money", "take_money", "pay_out", "debit_account"),
        (
            "Withdraw money from an account.",
            "Take money out of an account.",
            "Withdraw an amount of an account.",
        ),
        (ACCOUNT, AMOUNT),
        _withdraw,
        "balance",
    ),
    Op(
        "transfer",
        ("transfer", "transfer_money", "send_money", "move_money", "wire_money"),
        (
            "Transfer money between two accounts.",
            "Move money to another account.",
            "Send money to an account.",
        ),
        (
            P(
                "source",
                STRING,
                ("source", "from_account", "sender", "payer"),
                ("Account to take from", "Paying account"),
            ),
            P(
                "target",
                STRING,
                ("target", "to_account", "receiver", "payee"),
                ("Account to pay to", "Receiving account"),
            ),
            AMOUNT,
        ),
        _transfer,
        "status",
    ),
)


def world(s: Scene) -> World:
    """Five accounts with balances."""
    return {"accounts": {name: s.money(50, 900) for name in s.people(5)}}


def _two(s: Scene) -> tuple[str, str]:
    first, second = s.rng.sample(sorted(s.world["accounts"]), 2)
    return first, second


def balance_of_one(s: Scene) -> None:
    """One lookup."""
    who, _ = _two(s)
    s.ask(
        f"What is the balance of {who}?",
        f"How much money does {who} have?",
        f"Check the balance of the account of {who}.",
        f"Tell me the balance of {who}'s account.",
        f"What is on {who}'s account?",
        f"Please look up how much money {who} has.",
    )
    value = s.call("balance", f"get the balance of {who}", account=who)
    s.answer(f"The balance of {who} is {value}.", f"{who} has {value}.", expect=[value])


def transfer_then_check(s: Scene) -> None:
    """A transfer, which may fail for lack of money, and the balance after it."""
    payer, payee = _two(s)
    amount = s.money(10, 400)
    s.ask(
        f"Transfer {amount} from {payer} to {payee} and tell me the new balance of {payee}.",
        f"Send {amount} from {payer} to {payee}. What is the balance of {payee} then?",
        f"Move {amount} from {payer}'s account to {payee}, then check the balance of {payee}.",
        f"{payer} wants to pay {amount} to {payee}. Do the transfer and check the balance of {payee}.",
        f"Please transfer {amount} to {payee} from {payer}, then give me the balance of {payee}.",
        f"Transfer {amount} to {payee} out of {payer}'s account. How much does {payee} have after that?",
        plan=[f"transfer {amount} from {payer} to {payee}", f"check the balance of {payee}"],
    )
    why = f"transfer {amount} from {payer} to {payee}"
    if isinstance(s.call("transfer", why, source=payer, target=payee, amount=amount), Failed):
        have = s.world["accounts"][payer]
        s.answer(f"The transfer was not possible: {payer} has only {have}.", expect=[have])
        return
    value = s.call("balance", f"check the balance of {payee}", account=payee)
    s.answer(
        f"The transfer is done. {payee} now has {value}.", f"Done. {payee} has {value} now.", expect=[value]
    )


def two_balances(s: Scene) -> None:
    """Two lookups in parallel."""
    one, two = _two(s)
    s.ask(
        f"What are the balances of {one} and {two}?",
        f"Check the balances of {one} and {two}.",
        f"How much money do {one} and {two} have?",
        f"Look up the accounts of {one} and {two} and tell me both balances.",
        f"I need the balances of two accounts: {one} and {two}.",
        f"Give me the balance of {one} and the balance of {two}.",
    )
    a, b = s.parallel(
        f"get the balances of {one} and {two}", ("balance", {"account": one}), ("balance", {"account": two})
    )
    s.answer(f"{one} has {a} and {two} has {b}.", expect=[a, b])


def deposit_and_withdraw(s: Scene) -> None:
    """A deposit, then a withdrawal that it makes possible."""
    who, _ = _two(s)
    plus, minus = s.money(100, 500), s.money(10, 90)
    s.ask(
        f"Deposit {plus} into {who}'s account, then withdraw {minus}.",
        f"Pay {plus} into the account of {who} and then take out {minus}.",
        f"Put {plus} on the account of {who}. After that withdraw {minus}.",
        f"First deposit {plus} for {who}, then withdraw {minus} again.",
        f"{who} pays in {plus} and then withdraws {minus}. Please book both.",
        f"Book a deposit of {plus} for {who} and then a withdrawal of {minus}.",
        plan=[f"deposit {plus} for {who}", f"withdraw {minus} for {who}"],
    )
    s.call("deposit", f"deposit {plus} for {who}", account=who, amount=plus)
    value = s.call("withdraw", f"withdraw {minus} for {who}", account=who, amount=minus)
    s.answer(f"Done. The balance of {who} is now {value}.", f"{who} now has {value}.", expect=[value])


DOMAIN = Domain("bank", OPS, world, (balance_of_one, transfer_then_check, two_balances, deposit_and_withdraw))
