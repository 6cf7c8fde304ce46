# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Bank ledger: balances, transfers, histories."""

from __future__ import annotations

from typing import Any

from mtp_trainer.toolworld.ops import NUMBER, STRING, Op, P, ToolFailure, World, number
from mtp_trainer.toolworld.scene import Domain, Failed, Scene

ACCOUNT_NAMES = ("account", "account_name", "acct", "holder", "customer", "client", "account_holder", "owner")
ACCOUNT_DOCS = (
    "Name of the account",
    "Whose account",
    "The account holder",
    "Name of the owner",
    "Account name",
)
ACCOUNT = P("account", STRING, ACCOUNT_NAMES, ACCOUNT_DOCS)
AMOUNT = P(
    "amount",
    NUMBER,
    ("amount", "sum", "value", "money", "euros", "amount_eur", "quantity", "total"),
    ("Amount of money", "How much", "Amount in euros", "The money", "Sum in euros"),
)


def _account(world: World, name: str) -> str:
    if name not in world["accounts"]:
        known = ", ".join(sorted(world["accounts"]))
        raise ToolFailure(f"No account '{name}'. Accounts: {known}.")
    return name


def _balance(world: World, account: str) -> Any:
    return world["accounts"][_account(world, account)]


def _deposit(world: World, account: str, amount: float) -> Any:
    world["accounts"][account] = number(_balance(world, account) + amount)
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
        (
            "get_balance",
            "account_balance",
            "balance_of",
            "check_balance",
            "show_balance",
            "current_balance",
            "find_balance",
            "balance_lookup",
            "view_balance",
            "read_balance",
        ),
        (
            "Return the balance of an account.",
            "How much money is in an account.",
            "Show what is on an account.",
            "Look up the balance of an account.",
            "Tells how much money an account holder has.",
            "Check the money on an account.",
            "Current balance of an account.",
        ),
        (ACCOUNT,),
        _balance,
        "balance",
    ),
    Op(
        "deposit",
        (
            "deposit",
            "deposit_money",
            "add_money",
            "pay_in",
            "put_money",
            "make_deposit",
            "deposit_cash",
            "add_to_account",
            "money_in",
            "credit_account",
        ),
        (
            "Deposit money into an account.",
            "Pay money into an account.",
            "Put money on an account.",
            "Add an amount to an account.",
            "Make a deposit on an account.",
            "Book money in for an account holder.",
            "Deposit an amount on an account.",
        ),
        (ACCOUNT, AMOUNT),
        _deposit,
        "balance",
    ),
    Op(
        "withdraw",
        (
            "withdraw",
            "withdraw_money",
            "take_money",
            "pay_out",
            "take_out",
            "make_withdrawal",
            "withdraw_cash",
            "take_from_account",
            "money_out",
            "debit_account",
        ),
        (
            "Withdraw money from an account.",
            "Take money out of an account.",
            "Pay out money from an account.",
            "Make a withdrawal from an account.",
            "Book money out for an account holder.",
            "Take an amount from an account in cash.",
            "Withdraw an amount of an account.",
        ),
        (ACCOUNT, AMOUNT),
        _withdraw,
        "balance",
    ),
    Op(
        "transfer",
        (
            "transfer",
            "transfer_money",
            "send_money",
            "move_money",
            "make_transfer",
            "pay_someone",
            "bank_transfer",
            "transfer_between",
            "transfer_funds",
            "wire_money",
        ),
        (
            "Transfer money between two accounts.",
            "Move money to another account.",
            "Pay money from one account to another.",
            "Make a transfer from account to account.",
            "Move an amount between two accounts.",
            "Pay somebody from an account.",
            "Send money to an account.",
        ),
        (
            P(
                "source",
                STRING,
                ("source", "from_account", "sender", "from", "source_account", "paid_by", "payer"),
                (
                    "Account to take from",
                    "Who pays",
                    "Account of the sender",
                    "Where the money comes from",
                    "Paying account",
                ),
            ),
            P(
                "target",
                STRING,
                ("target", "to_account", "receiver", "to", "target_account", "paid_to", "payee"),
                (
                    "Account to pay to",
                    "Who gets the money",
                    "Account of the receiver",
                    "Where the money goes",
                    "Receiving account",
                ),
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
        f"I am doing some paperwork for {who} and have to write down the balance. How much is it?",
        f"Has {who} been paid? Let me know what is on the account.",
        f"{who} is waiting at the counter to hear how much is on the account. What can I say?",
        f"If you look at {who}'s account, how much money do you see?",
        f"balance? account: {who}",
        f"{who} owes me money, so I have to find out what the balance of {who} is.",
        f"As {who} cannot log in today, please say how much the account holds.",
        f"My customer {who} has been asking for the balance. Get it for me, please.",
        f"Enough money for the payment that is due, or not? Tell me what {who} has on the account.",
        f"What is the balance of {who}?",
        f"How much money does {who} have?",
        f"Check the balance of the account of {who}.",
        f"Tell me the balance of {who}'s account.",
        f"What is on {who}'s account?",
        f"I need the balance of {who}.",
        f"{who}'s balance, please.",
        f"How much is in the account of {who}?",
        f"Could you check what {who} has in the bank?",
        f"We have to know how much money is on the account of {who}.",
        f"Balance for {who}?",
        f"Please find out the current balance of {who}'s account.",
        f"{who} is asking about the account. Can you check the balance?",
        f"Show me the account balance of {who}.",
        f"Before we pay anything: how much money does {who} have in the account?",
        f"Read out the balance of {who} for me.",
        f"What balance does {who} have?",
        f"Show the balance of {who}, please.",
        f"How much does {who} have in the bank?",
        f"Please check the account balance of {who}.",
        f"Can you tell me how much money is on {who}'s account?",
        f"Give me the balance of {who}'s account.",
        f"Look up what {who} has on the account.",
        f"I want to know the balance of the account of {who}.",
        f"account balance, {who}, please",
        f"Find out how much money there is in {who}'s account.",
        f"Could you read out the current balance of {who}?",
        f"{who} would like to know the account balance. Please look it up.",
        f"{who} wants to go shopping. How much is in the account?",
        f"Please tell me the amount of money on the account of {who}.",
        f"Would you look at {who}'s account and tell me the balance?",
        f"What amount is on the account that belongs to {who}?",
        f"We are about to buy a gift from {who}'s money. How much is there?",
        f"The account of {who}: what is its balance?",
        f"I am not sure how much {who} has left. Check the account, please.",
        f"Does {who} have any money? Give me the balance.",
        f"I would like to know how much there is in {who}'s account.",
        f"{who} wants to buy something. What is the account balance?",
        f"Give me the amount that {who} has on the account.",
        f"Please look up how much money {who} has.",
    )
    value = s.call("balance", f"get the balance of {who}", account=who)
    s.answer(f"The balance of {who} is {value}.", f"{who} has {value}.", expect=[value])


def transfer_then_check(s: Scene) -> None:
    """A transfer, which may fail for lack of money, and the balance after it."""
    payer, payee = _two(s)
    amount = s.money(10, 400)
    s.ask(
        f"Since {payer} owes {amount} to {payee}, move the money across and let me know the balance of {payee}.",
        f"The money has been promised: {payee} receives {amount}, and {payer} is the one who pays. Book it and tell me how much {payee} has.",
        f"With {payer} as the payer and {payee} as the receiver, carry out a payment of {amount}. Then look at the balance of {payee} for me.",
        f"{payee} has been waiting for money all week. Take {amount} out of {payer}'s account, put it into {payee}'s, and say what {payee} has then.",
        f"payment, {amount}, payer {payer}, receiver {payee}, then show the balance of the receiver",
        f"What does {payee} have once {amount} has come in from {payer}? You will have to send it first.",
        f"Out of {payer}'s account and onto {payee}'s: that is where {amount} must go. After this, check what {payee} has.",
        f"My boss {payer} is doing business with {payee} and pays {amount}. Send the money, then get the balance of {payee}.",
        f"A payment is due and nothing has been paid yet. Please let {amount} go from {payer} to {payee}, then find out how much is on the account of {payee}.",
        f"Transfer {amount} from {payer} to {payee} and tell me the new balance of {payee}.",
        f"Send {amount} from {payer} to {payee}. What is the balance of {payee} then?",
        f"Move {amount} from {payer}'s account to {payee}, then check the balance of {payee}.",
        f"{payer} wants to pay {amount} to {payee}. Do the transfer and check the balance of {payee}.",
        f"Please transfer {amount} to {payee} from {payer}, then give me the balance of {payee}.",
        f"I need {amount} moved from {payer} to {payee}. Afterwards tell me what {payee} has.",
        f"{payee} should get {amount} from {payer}. Please do that and tell me {payee}'s new balance.",
        f"Could you send {amount} to {payee} from the account of {payer}? Then check how much {payee} has.",
        f"{payer} owes {payee} {amount}. Pay it and give me the balance of {payee} after that.",
        f"Pay {payee} {amount} from {payer}'s account and look up the balance of {payee}.",
        f"Transfer: {payer} to {payee}, {amount}. Then the balance of {payee}, please.",
        f"We have to pay {amount} to {payee}. The money comes from {payer}. What does {payee} have then?",
        f"How much is on {payee}'s account after a transfer of {amount} from {payer}? Please make the transfer first.",
        f"The rent is due. Send {amount} from {payer} to {payee} and read out the new balance of {payee}.",
        f"From {payer} to {payee}: {amount}. Do it, then tell me how much {payee} has now.",
        f"Please make a transfer of {amount}. {payer} pays and {payee} gets it. After that I want to see the balance of {payee}.",
        f"Send {amount} from {payer}'s account to {payee}, then tell me {payee}'s new balance.",
        f"Move {amount} from {payer} to {payee} and check how much {payee} has then.",
        f"Please pay {amount} from {payer} to {payee} and show me the balance of {payee} afterwards.",
        f"Transfer {amount} out of the account of {payer} into the account of {payee}. What is {payee}'s balance after that?",
        f"{payee} gets {amount} from {payer}. Make the transfer and look up the balance of {payee}.",
        f"{payer} has to send {amount} to {payee}. Do it, and read me the new balance of {payee}.",
        f"Can you transfer {amount} from {payer} to {payee}? Then I need to know what {payee} has.",
        f"Would you move {amount} to {payee}? {payer} pays. Afterwards, how much money is on {payee}'s account?",
        f"I want {payer} to pay {payee} {amount}. When it is done, give me {payee}'s balance.",
        f"transfer {amount}, {payer} to {payee}, then balance of {payee}",
        f"The sum of {amount} goes from {payer} to {payee}. Please book that and find out the balance of {payee}.",
        f"{payer} bought something from {payee} for {amount}. Please pay it and then check {payee}'s account.",
        f"First, send {amount} from {payer} to {payee}. Second, tell me how much {payee} has.",
        f"Take {amount} from {payer} and give it to {payee}. I would like to see {payee}'s balance then.",
        f"Let {payee} have {amount} from {payer}'s account, then look up how much {payee} has.",
        f"A bill of {amount} is due: {payer} pays {payee}. Make the payment and tell me the balance {payee} has then.",
        f"We need a transfer of {amount} out of {payer}'s account and into the one of {payee}. Then show me {payee}'s balance.",
        f"{payee} is still waiting for the {amount} that {payer} owes. Send it, then say what is on the account of {payee}.",
        f"After {amount} has been moved from {payer} to {payee}, what does {payee} have? Please do the transfer.",
        f"Make a payment: {amount} from {payer} to {payee}. What will be on {payee}'s account when that is done?",
        f"Let {payer} pay {amount} to {payee}. When that is done, what is {payee}'s balance?",
        f"I would like to move {amount} out of {payer}'s account and into {payee}'s. How much money does {payee} have then?",
        f"{payee} is waiting for {amount} from {payer}. Please send it and then tell me what is on {payee}'s account.",
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
        f"I am doing a check of two customers, {one} and {two}. Please get the balance of each.",
        f"{one} and {two} are waiting to hear their balances. What are they?",
        f"Before we pay the bill that is due: how much do {one} and {two} have on their accounts?",
        f"balances? {one}, {two}",
        f"Has money been paid to {one} and to {two}? Let me see what each of them has in the bank.",
        f"As a favour to my friends {one} and {two}, tell me the balance of each.",
        f"{one} owes something to {two}, so I must know how much both of them have on the account.",
        f"If you check two accounts, {one}'s first and {two}'s second, what are the balances?",
        f"Both {one} and {two} have been careful with money. How much does each have now?",
        f"What are the balances of {one} and {two}?",
        f"Check the balances of {one} and {two}.",
        f"How much money do {one} and {two} have?",
        f"Look up the accounts of {one} and {two} and tell me both balances.",
        f"I need the balances of two accounts: {one} and {two}.",
        f"Please check how much {one} has and how much {two} has.",
        f"I have to compare {one} and {two}. What is on each account?",
        f"Balances of {one} and {two}, please.",
        f"Could you tell me what {one} and {two} have in their accounts?",
        f"{one} and {two}: how much money is on each account?",
        f"Show me two balances, that of {one} and that of {two}.",
        f"We have to know the balance of {one}, and also the balance of {two}.",
        f"What does {one} have in the bank, and what does {two} have?",
        f"Find out the account balances for {one} and {two}.",
        f"{one} and {two} want to go on a trip. How much money does each of them have?",
        f"Read me the balance of {one} and then the one of {two}.",
        f"Tell me the balances of {one} and {two}.",
        f"Please show me the balance of {one} and that of {two}.",
        f"What do {one} and {two} have in the bank?",
        f"How much is on the accounts of {one} and {two}?",
        f"Get the account balances of {one} and {two}, please.",
        f"Can you check how much money {one} and {two} have?",
        f"What is the balance of {one}? And the balance of {two}?",
        f"Find out how much {one} has and how much {two} has.",
        f"I would like to know the balances of both {one} and {two}.",
        f"Could you look at the accounts of {one} and {two} and read me the balances?",
        f"balance of {one}, balance of {two}",
        f"Give me two balances: one for {one} and another for {two}.",
        f"{one} and {two} are asking what is in their accounts. Please check both.",
        f"{one} wants to know the account balance, and so does {two}. Look them up, please.",
        f"Two accounts interest me, {one}'s and {two}'s. How much is on each?",
        f"Let me see the balance on {one}'s account and the balance on {two}'s account.",
        f"We want to compare the money of {one} and {two}. Show us both balances.",
        f"How much money is there on {one}'s account, and how much on the account of {two}?",
        f"Read out what {one} and {two} each have on the account.",
        f"I am doing the books and need both balances, {one}'s and {two}'s.",
        f"I want to see how much there is in the accounts of {one} and {two}.",
        f"Can you look at two accounts for me? They belong to {one} and {two}, and I need the balances.",
        f"How much is on {one}'s account? And how much is on {two}'s?",
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
        f"{who} is waiting with {plus} in cash. Take it in for the account, and pay {minus} out afterwards.",
        f"As the first step, {plus} goes into {who}'s account; as the second step, {minus} comes out.",
        f"This is what I am doing for {who} today: {plus} in, then {minus} out. Can you book it on the account?",
        f"Once {plus} has been paid into the account of {who}, hand out {minus}. Please do both.",
        f"{who} owes a friend {minus}. So pay {plus} in for {who} first, and then withdraw the {minus} in cash.",
        f"Account of {who}: plus {plus}, then minus {minus}.",
        f"{who} needs {minus} in cash for a payment that is due. Before you withdraw it, deposit {plus} on the account.",
        f"After a deposit of {plus} has been booked, {who} would like a withdrawal of {minus}. Please do one after the other.",
        f"Can {who} first have {plus} put on the account and then get {minus} from it in cash?",
        f"Deposit {plus} into {who}'s account, then withdraw {minus}.",
        f"Pay {plus} into the account of {who} and then take out {minus}.",
        f"Put {plus} on the account of {who}. After that withdraw {minus}.",
        f"First deposit {plus} for {who}, then withdraw {minus} again.",
        f"{who} pays in {plus} and then withdraws {minus}. Please book both.",
        f"{who} brings {plus} to the bank and needs {minus} in cash after that. Please book it.",
        f"I need two bookings for {who}: a deposit of {plus}, then a withdrawal of {minus}.",
        f"Add {plus} to {who}'s account. Then take {minus} out of it.",
        f"Could you pay in {plus} for {who} and then withdraw {minus}?",
        f"{who}: deposit {plus}, then withdraw {minus}.",
        f"Please credit {who} with {plus}. After that pay out {minus}.",
        f"We have to put {plus} into the account of {who} and then take {minus} from it.",
        f"The account of {who} gets {plus} first. Then {minus} goes out in cash.",
        f"Would you book {plus} in and after that {minus} out for {who}?",
        f"Let {who} deposit {plus} and then withdraw {minus}, please.",
        f"{who} wants to save {plus}, so pay it in. Then take out {minus} for shopping.",
        f"Make a deposit of {plus} for {who}, then a withdrawal of {minus}.",
        f"Deposit {plus} for {who} and after that take {minus} out.",
        f"Please pay {plus} into {who}'s account. Then withdraw {minus} from it.",
        f"Can you put {plus} on {who}'s account and then pay out {minus}?",
        f"{who} deposits {plus} first and withdraws {minus} after that. Please do both.",
        f"Credit {plus} to the account of {who}, then debit {minus}.",
        f"For {who}, pay in {plus}. Then take out {minus} in cash.",
        f"I want {plus} deposited for {who}, and then {minus} withdrawn.",
        f"Book {plus} into the account of {who} and afterwards book {minus} out.",
        f"Would you add {plus} to the account of {who}? After that, withdraw {minus}.",
        f"{who} has {plus} to pay in. Once that is booked, {minus} should be paid out in cash.",
        f"deposit {plus} and then withdraw {minus}, account of {who}",
        f"On the account of {who}, do two things: deposit {plus}, and then take {minus} from it.",
        f"We need {plus} put into {who}'s account first, and then {minus} taken out of it.",
        f"Could you do this for {who}? Deposit {plus}, and after that make a withdrawal of {minus}.",
        f"The account belongs to {who}. First comes a deposit of {plus}, then a withdrawal of {minus}.",
        f"{who} wants to put {plus} into the account and then get {minus} out in cash. Please book that.",
        f"Let {who} pay in {plus}. When that is done, take {minus} out for {who}.",
        f"{who} hands in {plus} and asks for {minus} in cash afterwards. Pay the money in first, then out.",
        f"I would like to save {plus} in {who}'s account, so deposit it. Then withdraw {minus} for shopping.",
        f"There are two things to do on {who}'s account: pay in {plus}, and after that take out {minus}.",
        f"{who} hands in {plus} for the account and then asks for {minus} in cash. Can you do that?",
        f"First {plus} should go into {who}'s account, and then I want {minus} taken out.",
        f"Book a deposit of {plus} for {who} and then a withdrawal of {minus}.",
        plan=[f"deposit {plus} for {who}", f"withdraw {minus} for {who}"],
    )
    s.call("deposit", f"deposit {plus} for {who}", account=who, amount=plus)
    value = s.call("withdraw", f"withdraw {minus} for {who}", account=who, amount=minus)
    s.answer(f"Done. The balance of {who} is now {value}.", f"{who} now has {value}.", expect=[value])


DOMAIN = Domain("bank", OPS, world, (balance_of_one, transfer_then_check, two_balances, deposit_and_withdraw))
