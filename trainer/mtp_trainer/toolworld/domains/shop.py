# ruff: noqa: E501 - requests are easier to compare when each is one line
"""Shop: stock, prices, discounts, carts and orders."""

from __future__ import annotations

import math
from typing import Any

from mtp_trainer.toolworld.ops import (
    INTEGER,
    NUMBER,
    NUMBERS,
    STRING,
    JsonSchema,
    Op,
    P,
    ToolFailure,
    World,
    number,
)
from mtp_trainer.toolworld.scene import Domain, Failed, Scene
from mtp_trainer.toolworld.words import ITEMS

PRODUCT = P(
    "product",
    STRING,
    ("product", "item", "article", "product_name", "ware", "product_title", "goods"),
    ("Name of the product", "Which product", "The product", "Product name"),
)
QUANTITY = P(
    "quantity",
    INTEGER,
    ("quantity", "count", "pieces", "number_of_pieces", "how_many", "units", "qty"),
    ("How many pieces", "Number of pieces", "How many", "Quantity of pieces"),
)
CUSTOMER = P(
    "customer",
    STRING,
    ("customer", "buyer", "client", "customer_name", "ordered_by", "purchaser", "name"),
    ("Name of the customer", "The customer", "Who orders", "Customer name"),
)
ORDER_LINE: JsonSchema = {
    "type": "object",
    "properties": {"product": {"type": "string"}, "quantity": {"type": "integer"}},
    "required": ["product", "quantity"],
}


def _known(world: World, product: str) -> dict[str, Any]:
    if product not in world["products"]:
        raise ToolFailure(f"No product '{product}'. Products: {', '.join(world['products'])}.")
    found: dict[str, Any] = world["products"][product]
    return found


def _positive(quantity: Any) -> int:
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 < quantity < 10**6:
        raise ToolFailure("The quantity must be a positive number.")
    return quantity


def _amount(value: Any) -> Any:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or abs(value) > 1e9
        or not math.isfinite(value)
    ):
        raise ToolFailure("Not a valid amount.")
    return value


def _products(world: World) -> Any:
    return list(world["products"])


def _price(world: World, product: str) -> Any:
    return _known(world, product)["price"]


def _stock(world: World, product: str) -> Any:
    return _known(world, product)["stock"]


def _in_stock(world: World, product: str, quantity: int) -> Any:
    return _known(world, product)["stock"] >= _positive(quantity)


def _set_price(world: World, product: str, price: float) -> Any:
    _known(world, product)["price"] = number(_amount(price))
    return "price changed"


def _restock(world: World, product: str, quantity: int) -> Any:
    entry = _known(world, product)
    entry["stock"] += _positive(quantity)
    return entry["stock"]


def _cart(world: World, product: str, quantity: int) -> Any:
    if _known(world, product)["stock"] < _positive(quantity):
        raise ToolFailure(f"Only {world['products'][product]['stock']} of {product} in stock.")
    world["cart"][product] = world["cart"].get(product, 0) + quantity
    return "added"


def _cart_total(world: World) -> Any:
    return number(sum(world["products"][p]["price"] * n for p, n in world["cart"].items()))


def _empty_cart(world: World) -> Any:
    world["cart"] = {}
    return "cart is empty"


def _order(world: World, customer: str, line: dict[str, Any], gift: bool = False) -> Any:
    if set(line) != {"product", "quantity"} or not isinstance(line["product"], str):
        raise ToolFailure("An order line needs 'product' and 'quantity'.")
    product, quantity = line["product"], _positive(line["quantity"])
    entry = _known(world, product)
    if entry["stock"] < quantity:
        raise ToolFailure(f"Only {entry['stock']} of {product} in stock.")
    entry["stock"] -= quantity
    code = world["_codes"][len(world["orders"]) % len(world["_codes"])]
    world["orders"][code] = {"customer": customer, "product": product, "quantity": quantity, "gift": gift}
    return code


def _cancel(world: World, order: str) -> Any:
    if order not in world["orders"]:
        raise ToolFailure(f"No order '{order}'. Orders: {', '.join(world['orders']) or 'none'}.")
    removed = world["orders"].pop(order)
    world["products"][removed["product"]]["stock"] += removed["quantity"]
    return "cancelled"


def _cost(world: World, price: float, quantity: int) -> Any:
    return number(_amount(price) * _positive(quantity))


def _discount(world: World, amount: float, percent: float) -> Any:
    return number(_amount(amount) * (100 - _amount(percent)) / 100)


def _total(world: World, amounts: list[Any]) -> Any:
    return number(sum(_amount(a) for a in amounts))


AMOUNT = P(
    "amount",
    NUMBER,
    ("amount", "price", "value", "base_amount", "start_amount", "money", "sum"),
    ("Amount before the discount", "The amount", "What the discount is taken from", "Price or amount"),
)
OPS = (
    Op(
        "shop_products",
        (
            "list_products",
            "all_products",
            "catalog",
            "show_products",
            "product_names",
            "product_list",
            "which_products",
            "name_products",
            "get_products",
        ),
        (
            "List all products of the shop.",
            "All products that the shop has.",
            "Names of all products.",
            "Tell which products there are to buy.",
            "Get the name of every product.",
            "What the shop sells, as a list of names.",
            "List the products.",
        ),
        (),
        _products,
        "products",
    ),
    Op(
        "shop_price",
        (
            "get_price",
            "price_of",
            "product_price",
            "look_up_price",
            "unit_price_of",
            "check_price",
            "read_price",
            "fetch_price",
            "find_price",
        ),
        (
            "Price of a product.",
            "Return the price of one piece of a product.",
            "What a product costs.",
            "Look up what one piece costs.",
            "Tell how much a product costs.",
            "Find the price that the shop asks for a product.",
            "Get the price of a product.",
        ),
        (PRODUCT,),
        _price,
        "price",
    ),
    Op(
        "shop_stock",
        (
            "get_stock",
            "stock_of",
            "pieces_in_stock",
            "stock_level",
            "count_stock",
            "how_many_left",
            "read_stock",
            "stock_count",
            "find_stock",
        ),
        (
            "How many pieces of a product are in stock.",
            "Number of pieces in stock.",
            "Stock of a product.",
            "Look up how many pieces the shop has.",
            "Tell the number of pieces that are left.",
            "Count what is there of a product.",
            "Get the stock of a product.",
        ),
        (PRODUCT,),
        _stock,
        "stock",
    ),
    Op(
        "shop_in_stock",
        (
            "is_available",
            "check_available",
            "available",
            "enough_available",
            "has_enough",
            "check_quantity",
            "can_deliver",
            "quantity_available",
            "product_available",
        ),
        (
            "Check whether a quantity of a product is available.",
            "True if so many pieces are available.",
            "Whether enough pieces of a product are available.",
            "Tell whether the shop has that many pieces.",
            "See if a quantity can be delivered.",
            "Yes or no: are there enough pieces.",
            "Check if enough pieces are available.",
        ),
        (PRODUCT, QUANTITY),
        _in_stock,
        "available",
    ),
    Op(
        "shop_set_price",
        (
            "set_price",
            "change_price",
            "new_price",
            "update_price",
            "edit_price",
            "save_price",
            "put_price",
            "reprice",
            "write_price",
        ),
        (
            "Set the price of a product.",
            "Change the price of a product.",
            "Give a product a new price.",
            "Save another price for a product.",
            "Write what a product costs from now on.",
            "Replace the price of a product.",
            "Set a new price.",
        ),
        (
            PRODUCT,
            P(
                "price",
                NUMBER,
                ("price", "new_price", "amount", "price_to_set", "cost_now", "unit_price", "value"),
                ("The new price", "New price", "Price from now on", "What it costs"),
            ),
        ),
        _set_price,
        "status",
    ),
    Op(
        "shop_restock",
        (
            "restock",
            "add_stock",
            "put_in_stock",
            "increase_stock",
            "stock_up",
            "add_pieces",
            "fill_stock",
            "book_delivery",
            "receive_stock",
        ),
        (
            "Put new pieces of a product in stock.",
            "Add pieces to the stock.",
            "Restock a product.",
            "Increase the stock by some pieces.",
            "Enter pieces that were delivered.",
            "Raise the number of pieces in stock.",
            "Add new pieces to the stock.",
        ),
        (PRODUCT, QUANTITY),
        _restock,
        "stock",
    ),
    Op(
        "shop_cart",
        (
            "add_to_cart",
            "put_in_cart",
            "cart_add",
            "into_cart",
            "add_item_to_cart",
            "fill_cart",
            "place_in_cart",
            "add_cart_item",
            "cart_put",
        ),
        (
            "Add a product to the cart.",
            "Put pieces of a product into the cart.",
            "Add to the cart.",
            "Put a product in the cart, some pieces of it.",
            "Add some pieces to what is in the cart.",
            "Lay pieces of a product in the shopping cart.",
            "Put a product into the cart.",
        ),
        (PRODUCT, QUANTITY),
        _cart,
        "status",
    ),
    Op(
        "shop_cart_total",
        (
            "cart_total",
            "total_of_cart",
            "cart_cost",
            "get_cart_total",
            "price_of_cart",
            "cart_amount",
            "cart_price",
            "total_cart_cost",
            "cart_sum",
        ),
        (
            "Total of the cart.",
            "What the whole cart costs.",
            "Total cost of the cart.",
            "Add up everything that is in the cart.",
            "Tell how much the cart costs.",
            "What must be paid for the cart.",
            "Get the total of the cart.",
        ),
        (),
        _cart_total,
        "total",
    ),
    Op(
        "shop_empty_cart",
        (
            "empty_cart",
            "clear_cart",
            "remove_all_from_cart",
            "cart_clear",
            "reset_cart",
            "drop_cart_items",
            "new_cart",
            "make_cart_empty",
            "cart_empty",
        ),
        (
            "Empty the cart.",
            "Remove everything from the cart.",
            "Clear the cart.",
            "Take all products out of the cart.",
            "Start again with an empty cart.",
            "Throw out what is in the cart.",
            "Empty the whole cart.",
        ),
        (),
        _empty_cart,
        "status",
    ),
    Op(
        "shop_order",
        (
            "place_order",
            "order_product",
            "create_order",
            "new_order",
            "order_for_customer",
            "submit_order",
            "add_order",
            "enter_order",
            "make_order",
        ),
        (
            "Order a product for a customer and return the order code.",
            "Place an order for a customer.",
            "Create an order of a customer.",
            "Buy a product in the name of a customer.",
            "Enter a new order and get its code.",
            "Make an order of one product for a buyer.",
            "Place an order and return the order code.",
        ),
        (
            CUSTOMER,
            P(
                "line",
                ORDER_LINE,
                ("line", "order_line", "position", "what", "goods_line", "ordered_line", "order"),
                (
                    "The order line",
                    "What is ordered",
                    "Which product, and how many pieces",
                    "Product and quantity",
                ),
            ),
            P(
                "gift",
                {"type": "boolean"},
                ("gift", "as_gift", "is_gift", "present", "for_a_gift", "wrap_as_gift", "gift_wrap"),
                ("Whether it is a gift", "True for a gift", "If it should be sent as a gift", "Is it a gift"),
                optional=True,
            ),
        ),
        _order,
        "order",
    ),
    Op(
        "shop_cancel",
        (
            "cancel_order",
            "delete_order",
            "stop_order",
            "order_cancel",
            "undo_order",
            "take_back_order",
            "drop_order",
            "revoke_order",
            "remove_order",
        ),
        (
            "Cancel an order.",
            "Cancel the order with a code.",
            "Cancel an order by its code.",
            "Remove an order and put the pieces back in stock.",
            "Take an order back.",
            "Stop an order that was placed.",
            "Cancel the order.",
        ),
        (
            P(
                "order",
                STRING,
                ("order", "order_code", "code", "order_number", "reference", "order_key", "order_id"),
                ("Code of the order", "The order code", "Code that the order has", "Which order"),
            ),
        ),
        _cancel,
        "status",
    ),
    Op(
        "shop_cost",
        (
            "cost_of_pieces",
            "price_times_quantity",
            "line_cost",
            "cost_for_quantity",
            "multiply_price",
            "quantity_cost",
            "cost_of_line",
            "work_out_cost",
            "pieces_cost",
        ),
        (
            "Cost of several pieces at a price.",
            "Multiply a price by a quantity.",
            "What several pieces cost at a price per piece.",
            "Work out what a number of pieces costs.",
            "Price of one piece times the number of pieces.",
            "How much to pay for several pieces.",
            "Cost of a quantity of pieces at a price.",
        ),
        (
            P(
                "price",
                NUMBER,
                (
                    "price",
                    "unit_price",
                    "price_per_piece",
                    "piece_price",
                    "single_price",
                    "price_of_one",
                    "each",
                ),
                ("Price of one piece", "Price per piece", "What one piece costs", "The price"),
            ),
            QUANTITY,
        ),
        _cost,
        "cost",
    ),
    Op(
        "shop_discount",
        (
            "apply_discount",
            "discount",
            "reduce_by_percent",
            "with_discount",
            "percent_off",
            "subtract_percent",
            "lower_by_percent",
            "discounted_amount",
            "take_discount",
        ),
        (
            "Apply a discount in percent to an amount.",
            "Amount after a discount.",
            "Reduce an amount by a discount.",
            "Take some percent off an amount.",
            "Work out the price after a discount.",
            "Make an amount smaller by a percentage.",
            "Apply a discount to an amount.",
        ),
        (
            AMOUNT,
            P(
                "percent",
                NUMBER,
                ("percent", "discount", "discount_percent", "rate", "reduction", "percentage", "off"),
                ("Discount in percent", "The discount", "Percent to take off", "How many percent"),
            ),
        ),
        _discount,
        "reduced",
    ),
    Op(
        "shop_total",
        (
            "total",
            "add_amounts",
            "sum_of_amounts",
            "add_up",
            "sum_up",
            "sum_amounts",
            "add_all",
            "grand_total",
            "total_of_amounts",
        ),
        (
            "Total of several amounts.",
            "Add up amounts.",
            "Add up a list of amounts.",
            "Sum of a list of amounts.",
            "Add several values to one total.",
            "What some amounts make together.",
            "Total of a list of amounts.",
        ),
        (
            P(
                "amounts",
                NUMBERS,
                ("amounts", "prices", "values", "numbers", "items_to_add", "parts", "costs"),
                ("List of amounts", "The amounts", "All values that are added", "Amounts to add up"),
            ),
        ),
        _total,
        "total",
    ),
)


def world(s: Scene) -> World:
    """Four products, one older order, an empty cart."""
    names = s.sample(ITEMS, 4)
    products = {name: {"price": s.money(2, 90), "stock": s.integer(5, 60)} for name in names}
    old = {"customer": s.person(), "product": names[0], "quantity": s.integer(1, 4), "gift": False}
    codes: list[str] = []
    while len(codes) < 7:
        code = s.code()
        if code not in codes:
            codes.append(code)
    return {"products": products, "orders": {codes.pop(): old}, "cart": {}, "_codes": codes}


def _items(s: Scene, count: int) -> list[str]:
    return s.rng.sample(sorted(s.world["products"]), count)


def _unused(s: Scene, op: str) -> bool:
    return all(skin.op.key != op for skin in s.toolbox.skins)


def look_up(s: Scene) -> None:
    """Price or stock of one product; the tool may be down at first."""
    [item] = _items(s, 1)
    if s.rng.random() < 0.5:
        op, why = "shop_price", f"get the price of {item}"
        wordings = (
            f"At this moment, what does a single {item} cost here?",
            f"I am thinking about buying one {item}. What does it sell for?",
            f"Before buying the {item}, my friend wants to know its price.",
            f"Somebody is asking me about the {item}: what is its exact price?",
            f"My boss keeps asking what we charge for {item}. Can you look?",
            f"Exact and current price of {item}, please.",
            f"If someone is buying one {item}, how much do we ask?",
            f"There is one thing I need to know, namely what the {item} costs.",
            f"With a customer here who is thinking of buying our {item}, I need its price.",
            f"For the list that I am writing, I need the current price of the {item}.",
            f"I cannot say whether the {item} is cheap or expensive unless you give me its price.",
            f"Nobody here knows the price of the {item}. Would you find it?",
            f"Because a lady on the phone is asking: what is the price of one {item}?",
            f"{item}, a single piece, price?",
            f"What is the price of {item}?",
            f"How much does one {item} cost?",
            f"Look up the price of {item}, please.",
            f"A customer asks what the {item} costs.",
            f"Price of {item}?",
            f"Please tell me the price of the product {item}.",
            f"I need the price of {item}.",
            f"Please look up what one {item} costs.",
            f"I wonder what the {item} costs. Can you find out?",
            f"Can you check the price of {item} for me?",
            f"{item}: what does it cost?",
            f"Somebody in the shop wants one {item}. How much is it?",
            f"We have to know the current price of {item}.",
            f"Give me the price of one piece of {item}.",
            f"Would you look up how much we ask for the {item}?",
            f"I forgot how much the {item} is. Look it up, please.",
            f"How much is one {item}?",
            f"What should I say when a buyer wants to know the price of the {item}?",
            f"At what price do we sell the {item}?",
            f"Price check on {item}, please.",
            f"Could you tell me how much the {item} costs?",
            f"I am looking for the price of {item}. Let me see it, please.",
            f"I would like to know what one piece of {item} costs.",
            f"The price tag of the {item} is gone. What is its price?",
            f"Which price should I write down for the {item}?",
            f"Quick question: how much do we charge for one {item}?",
            f"I must know how expensive the {item} is, as a buyer is asking.",
            f"What is the {item} selling for at the moment?",
            f"Please check how much one pays for a single {item}.",
            f"Before I buy the {item}, I want to find out its price.",
            f"Get me the current price of {item}, please.",
            f"How much money would I have to pay for one {item}?",
            f"Let me know what the {item} sells for.",
            f"A buyer is asking for the price of {item}. What should I say?",
            f"I must write down the price of {item}. Which one is it?",
            f"The {item}, how much does it cost?",
            f"Find out how much the {item} costs.",
            f"What would I pay for a single {item}?",
            f"I am writing a price tag for {item}. Which price goes on it?",
            f"Tell me the price of {item}, please.",
        )
    else:
        op, why = "shop_stock", f"get the stock of {item}"
        wordings = (
            f"With the big sale going on, how many {item} remain in stock at the moment?",
            f"Nobody knows the exact number of {item} that we have. Please look up the stock.",
            f"Before buying new goods I am asking myself how many pieces of {item} we still have. Can you see?",
            f"Exact and current stock of {item}, please.",
            f"My boss is asking for the stock of {item}. How many pieces are there?",
            f"I am thinking about a sale of {item}. What is the exact number of pieces in stock?",
            f"There is one thing I need to know, namely how many {item} we have in stock.",
            f"{item}, pieces in stock?",
            f"Because somebody is asking for {item}, I must know how many pieces the shop has.",
            f"Is our stock of {item} big or small? Give me the number of pieces.",
            f"With nobody in the stock room, I cannot count the {item}. Would you look up how many there are?",
            f"Unless I know how many {item} remain in stock, I cannot plan. Find the number, please.",
            f"The truck comes tomorrow. Until then, how many pieces of {item} do we have?",
            f"The box with the {item} is closed, so tell me how many pieces are in stock.",
            f"How many pieces of {item} are in stock?",
            f"What is the stock of {item}?",
            f"Look up the stock of {item}, please.",
            f"A customer asks how many pieces of {item} we have in stock.",
            f"Stock of {item}?",
            f"Please tell me how many pieces of the product {item} are in stock.",
            f"I need the stock of {item}.",
            f"Please look up how many pieces of {item} are in stock.",
            f"I wonder how much {item} we still have. Can you find out?",
            f"Can you check the stock of {item} for me?",
            f"{item}: how many are left in stock?",
            f"We have to know how many pieces of {item} there are in the shop.",
            f"Give me the number of pieces of {item} in stock.",
            f"Would you look up how many {item} we have?",
            f"I am counting our goods. What does the system say about the stock of {item}?",
            f"Before we buy more {item}, find out how much of it is in stock.",
            f"How many {item} do we have?",
            f"How many {item} are left in the shop?",
            f"Have a look at our stock of {item} and say how much should be there.",
            f"Stock check on {item}, please.",
            f"Could you tell me how many pieces of {item} we still have?",
            f"Let me see the stock of {item} at this moment.",
            f"I would like to know how many {item} are in stock.",
            f"Is there any {item} left? Tell me the exact number of pieces.",
            f"A buyer wants to buy {item} and I want to see our stock. How large is it?",
            f"Quick question: how many {item} are there in our stock?",
            f"Get me the current stock of {item}, please.",
            f"What is the number of {item} that we can still sell?",
            f"Please count the pieces of {item} that are in stock.",
            f"The shelf with the {item} looks empty. How many pieces do we have in stock?",
            f"How big is the stock of {item} right now?",
            f"Check how many pieces of {item} remain, please.",
            f"Let me know how many {item} remain in stock.",
            f"A buyer wants to know how many {item} we have at the moment. What should I say?",
            f"Our stock of {item}, how large is it?",
            f"Look and see how many {item} are still there.",
            f"Find out how many pieces of {item} are left.",
            f"Do we still have {item}? I want to know the exact number in stock.",
            f"How large is our stock of {item} at the moment?",
            f"Tell me the stock of {item}, please.",
        )
    if s.rng.random() < 0.2 and _unused(s, op):
        s.outage(op)
    s.ask(*wordings)
    value = s.call(op, why, product=item)
    if isinstance(value, Failed):
        value = s.call(op, f"try again to {why}", product=item)
    if op == "shop_price":
        s.answer(f"The price of {item} is {value}.", f"{item}: {value}.", expect=[value])
        return
    s.answer(f"There are {value} pieces of {item} in stock.", f"{item}: {value} in stock.", expect=[value])


def available(s: Scene) -> None:
    """A check that gives true or false; if true, an order follows."""
    [item] = _items(s, 1)
    who, n = s.person(), s.integer(2, 60)
    s.ask(
        f"Do not order for {who} unless all {n} pieces of {item} can be delivered. Check that, and if they can, place the order.",
        f"Find out whether {n} {item} are available: if yes, order them for {who}, otherwise leave it.",
        f"{who} is thinking of buying {n} pieces of {item}. Check whether that many are available and order them, otherwise leave it.",
        f"Order {item} for {who}, {n} pieces, unless you find that not enough are available. So check before you order.",
        f"Our customer {who} hopes for a delivery of {n} pieces of {item}. See if they are available, and if so, place the order.",
        f"My friend {who} hopes that {n} {item} can be had. Check it, and if it is true, order them.",
        f"I spoke with {who} on the phone about {n} pieces of {item}. Check whether they are available and, if so, order them.",
        f"{n} x {item}, customer {who}: available? Then order, otherwise do not.",
        f"Because {who} takes {n} {item} only if all of them are there, check the quantity and then place the order, otherwise do not.",
        f"Unless the shop cannot deliver {n} {item}, order that many with {who} as the buyer. You have to check first.",
        f"Whether I can order {n} {item} for {who} depends on the stock. See if enough are available, and order them in that case.",
        f"If the shop can deliver them, {who} is buying {n} pieces of {item}. Check that and enter the order, otherwise it must wait.",
        f"Is the quantity of {n} pieces available for {item}? In that case {who} hopes to get them, so order.",
        f"I spoke to a customer, namely {who}. Should {n} pieces of {item} be available, please order them, otherwise leave it.",
        f"Check if {n} pieces of {item} are available. If so, order them for {who}.",
        f"{who} wants {n} pieces of {item}. Order them if enough are available.",
        f"Are {n} pieces of {item} available? If yes, place an order for {who}.",
        f"Please check whether {n} pieces of {item} are available and place an order for {who} if they are.",
        f"If {n} pieces of {item} are available, order them for {who}.",
        f"Customer {who} asks for {n} pieces of {item}. Check that they are available, then order them.",
        f"Order {n} pieces of {item} for {who}, but only if they are available.",
        f"I need {n} pieces of {item} for {who}. See if they are available, and order them if they are.",
        f"Can we give {who} {n} pieces of {item}? Check it, and place the order if there are enough.",
        f"Do we have {n} {item}? If we do, {who} takes them: place the order.",
        f"For {who}: {n} pieces of {item}. Order only if available.",
        f"{who} is on the phone and would like {n} pieces of {item}. Make sure that they are available and order them.",
        f"Could you find out if there are {n} pieces of {item}, and if there are, order them in the name of {who}?",
        f"First check that {n} pieces of {item} are available. Then create the order for {who}.",
        f"Customer: {who}. Product: {item}. Quantity: {n}. Check that it is available before you order it.",
        f"There may be too few {item}. If {n} pieces are available, please place an order for {who}.",
        f"Are there {n} {item} in stock? If there are, order them for {who}.",
        f"Please see if we have {n} pieces of {item}, and if we do, place the order for {who}.",
        f"Have a look whether {n} {item} are available. If so, make an order in the name of {who}.",
        f"{who} would like to buy {n} {item}. Check whether there are enough, and if so, place the order.",
        f"Place an order of {n} {item} for {who} if the shop has enough of them.",
        f"Find out whether {n} pieces of {item} are available, and when they are, enter an order for {who}.",
        f"Is it possible to get {n} pieces of {item}? If it is, order them, the customer is {who}.",
        f"Make sure there are {n} pieces of {item} first. After that create the order for {who}.",
        f"Could you check for me if {n} {item} can be delivered? If they can, order them for {who}.",
        f"{who} is here and hopes that we have {n} {item}. If that is so, order them, otherwise do nothing.",
        f"Unless there are too few {item}, {n} pieces of it should be ordered for {who}. Please check.",
        f"Do we have enough {item} to sell {n} of them to {who}? If yes, write the order.",
        f"An order for {who}, please: {n} {item}. But check first that enough are available.",
        f"The buyer is {who}, who needs {n} pieces of {item}. See whether we have them, and order them if we do.",
        f"Can you see whether the shop has {n} {item}? {who} takes them all, so place an order if it does.",
        f"Check the quantity first: are {n} {item} available? When they are, the order for {who} can be made.",
        f"I have {who} here, who hopes for {n} {item}. If enough are available, please make the order.",
        f"We should order {n} pieces of {item} for {who}, unless there are too few. Check that first.",
        f"Would you order {n} {item} for {who}, if it is possible? Find out first if that many are there.",
        f"{item}, {n} pieces, for the customer {who}: check if available, then order.",
        f"Would you see whether we have {n} pieces of {item}? {who} wants to have them ordered if we do.",
        f"{who} hopes to get {n} pieces of {item}. When enough of them are there, make the order, otherwise do nothing.",
        f"Is it possible to sell {n} {item} to {who}? Have a look, and if there are enough, order them.",
        f"Customer {who} wants {n} pieces of {item}. If they are available, order them.",
        plan=[f"check if {n} pieces of {item} are available", f"if so, order {n} {item} for {who}"],
    )
    if not s.call("shop_in_stock", f"check if {n} pieces of {item} are available", product=item, quantity=n):
        s.answer(f"{n} pieces of {item} are not available, so I ordered nothing.", expect=["not available"])
        return
    code = s.call(
        "shop_order", f"order {n} {item} for {who}", customer=who, line={"product": item, "quantity": n}
    )
    s.answer(f"They are available. The order is {code}.", f"Ordered: {code}.", expect=[code])


def order(s: Scene) -> None:
    """One order, maybe as a gift, which may be too large."""
    [item] = _items(s, 1)
    who, n = s.person(), s.integer(1, 30)
    gift = s.rng.random() < 0.5
    tail = (
        s.wording(
            " It should be sent as a gift.",
            " The order has to be marked as a gift.",
            " Make it a gift, please.",
            " It is a gift.",
            " This is a gift.",
            " It is meant as a gift.",
            " Please order it as a gift.",
            " Note that this order is a gift.",
            " Order it as a gift.",
        )
        if gift
        else ""
    )
    s.ask(
        f"{who} is writing to us to ask for {item}, {n} pieces. Please make that an order.{tail}",
        f"Because {who} hopes to get {n} pieces of {item}, please place an order.{tail}",
        f"On the phone I spoke with {who}, who is buying {n} {item} from us. Place that order, please.{tail}",
        f"{who} has decided to buy {item}. Please place an order with {n} as the quantity.{tail}",
        f"My boss spoke to {who} today. The result is an order of {n} pieces of {item}, so enter it.{tail}",
        f"Order, for {who}, {item}, {n} pieces.{tail}",
        f"We have somebody here who is buying {item}, namely {who}. Please enter an order for {n} pieces.{tail}",
        f"With {who} as the customer, order {item}, and as the quantity take {n}.{tail}",
        f"One thing that {who} needs is {item}. Would you order {n} pieces for this customer?{tail}",
        f"Could {who} have {n} {item}? Please make the order.{tail}",
        f"After thinking about it, {who} decided to take {n} pieces of {item}. Enter the order.{tail}",
        f"{n} {item} should go to a customer called {who}, who hopes for them. Create an order.{tail}",
        f"Nobody has written down the order of {who} yet: it is {n} pieces of {item}. Please enter it.{tail}",
        f"I spoke about {item} with a buyer, {who}, and we agreed on {n} pieces. Please order them.{tail}",
        f"Order {n} pieces of {item} for {who}.{tail}",
        f"Please place an order for {who}: {n} pieces of {item}.{tail}",
        f"{who} wants to buy {n} pieces of {item}. Place the order.{tail}",
        f"Create an order: customer {who}, product {item}, quantity {n}.{tail}",
        f"Can you order {item} for {who}? The quantity is {n}.{tail}",
        f"New order.\n- customer: {who}\n- product: {item}\n- quantity: {n}\n{tail.strip()}".strip(),
        f"The customer {who} orders {n} pieces of {item}. Please place this order.{tail}",
        f"Please order {n} pieces of {item} for the customer {who}.{tail}",
        f"I need an order of {n} {item} for {who}.{tail}",
        f"{n} pieces of {item} for {who}, please. Make it an order.{tail}",
        f"For {who}: order {item}, {n} pieces.{tail}",
        f"Could you make an order in the name of {who}? It is {n} pieces of {item}.{tail}",
        f"{who} has called and would like {n} pieces of {item}. Please order them.{tail}",
        f"Put in an order of {n} {item}. The customer is {who}.{tail}",
        f"We have a new buyer, {who}, who takes {n} pieces of {item}. Write the order, please.{tail}",
        f"Order {item}. The buyer is {who} and the number of pieces is {n}.{tail}",
        f"Can you place an order for {who}? It is {n} {item}.{tail}",
        f"{who} spoke to me and would like to order {n} pieces of {item}. Let us do that.{tail}",
        f"Please create an order of {n} pieces of {item} in the name of {who}.{tail}",
        f"Enter a new order: {n} {item} for {who}.{tail}",
        f"Would you please order {n} {item} for our customer {who}?{tail}",
        f"I want to order {item} for {who}, {n} pieces in total.{tail}",
        f"Buyer: {who}. Goods: {item}. Pieces: {n}. Please order.{tail}",
        f"Make an order for the buyer {who}, with {n} pieces of {item}.{tail}",
        f"{who} is in the shop and needs {n} {item}. Enter the order, please.{tail}",
        f"Our customer {who} has asked for {n} pieces of {item}. Put in the order.{tail}",
        f"We have an order from {who}: {n} {item}. Please submit it.{tail}",
        f"See that all {n} {item} go to {who}. They should be ordered for me.{tail}",
        f"The product is {item}, the quantity is {n} and the customer is {who}. Place the order.{tail}",
        f"An order has to be made for {who}. What we sell is {n} pieces of {item}.{tail}",
        f"Get {n} {item} ordered for {who}, please.{tail}",
        f"{who} just wrote to us and wants {n} pieces of {item}. Could you enter this order?{tail}",
        f"I spoke to {who}, who takes {n} {item}. Would you write the order for me?{tail}",
        f"Let us sell {n} pieces of {item} to {who}. Create the order, please.{tail}",
        f"{item} is what {who} wants to buy, {n} pieces of it. Order that.{tail}",
        f"Please see that {who} gets {n} {item}. Make a new order.{tail}",
        f"Would you enter an order for {n} {item}? They go to {who}.{tail}",
        f"{who} needs {item}, {n} pieces in all. Make the order for me.{tail}",
        f"I just spoke to {who}: {n} pieces of {item} should be ordered.{tail}",
        f"Place an order of {n} pieces of {item} for {who}.{tail}",
    )
    line = {"product": item, "quantity": n}
    why = f"order {n} {item} for {who}{' as a gift' if gift else ''}"
    code = s.call("shop_order", why, customer=who, line=line, **({"gift": True} if gift else {}))
    if isinstance(code, Failed):
        have = s.world["products"][item]["stock"]
        s.answer(f"The order was not possible: only {have} of {item} in stock.", expect=[have])
        return
    s.answer(f"The order for {who} is {code}.", f"Ordered: {code}.", expect=[code])


def line_total(s: Scene) -> None:
    """Price, cost of several pieces, maybe a discount."""
    [item] = _items(s, 1)
    n, percent = s.integer(2, 20), s.rng.choice((0, s.integer(3, 40)))
    end = s.wording(
        f" From the cost, take off a discount of {percent} percent.",
        f" There is {percent} percent discount on it.",
        f" With it comes a discount of {percent} percent.",
        f" There is a discount of {percent} percent.", f" Apply a discount of {percent} percent.",
        f" I have a discount of {percent} percent.", f" The discount is {percent} percent.",
        f" Please apply a discount of {percent} percent to the cost.",
        f" I get a discount of {percent} percent.",
    ) if percent else ""  # fmt: skip
    s.ask(
        f"Start from what a single {item} costs at the moment. How much are {n} pieces?{end}",
        f"If I am buying {n} pieces of {item}, what must I pay?{end}",
        f"My friend is thinking about buying {n} {item}. Look up the price of one and work out the cost.{end}",
        f"For {n} {item}, how much money do I have to have with me?{end}",
        f"{item}: price of one, then cost of {n}.{end}",
        f"A customer on the phone is asking about {item}, namely about {n} pieces. What do they cost?{end}",
        f"I decided to buy {item}. With {n} as the number of pieces, what is the cost?{end}",
        f"Before buying {item} for the office, my boss wants to know the cost of {n} pieces.{end}",
        f"I cannot say yes unless I know what {n} {item} cost. Please work it out.{end}",
        f"Our school is thinking of buying {item}. What would {n} pieces cost us?{end}",
        f"How expensive are {n} {item}? Find the price first.{end}",
        f"Because I have little money with me, tell me what {n} pieces of {item} cost.{end}",
        f"Take the price of one {item}, and from it get what {n} pieces cost.{end}",
        f"There is somebody asking me what to pay when buying {n} {item}. What is the right amount?{end}",
        f"How much do {n} pieces of {item} cost?{end}",
        f"Look up the price of {item} and tell me the cost of {n} pieces.{end}",
        f"{s.person()} asks what {n} pieces of {item} cost.{end}",
        f"I want to buy {n} pieces of {item}. What do they cost?{end}",
        f"Find the price of {item}. Then tell me what {n} pieces cost.{end}",
        f"Please tell me the cost of {n} pieces of {item}.{end}",
        f"What do I pay for {n} pieces of {item}?{end}",
        f"What do {n} pieces of {item} cost?{end}",
        f"What would {n} pieces of {item} cost me?{end}",
        f"I need {n} {item}. Find the price and work out the cost.{end}",
        f"Give me the cost of {n} pieces of {item}.{end}",
        f"{n} x {item}: how much is that?{end}",
        f"A customer takes {n} pieces of {item}. What must the customer pay?{end}",
        f"Can you work out how much money I need for {n} pieces of {item}?{end}",
        f"We have to know the cost of {n} {item}. Start with the price of one.{end}",
        f"{s.person()} needs {n} pieces of {item} and wants to know what to pay.{end}",
        f"I am going to take {n} {item}. How much are they?{end}",
        f"I am buying {n} {item}. Check the cost of them, please.{end}",
        f"What is the price of {n} pieces of {item} in total?{end}",
        f"How much will I pay for {n} {item}?{end}",
        f"Could you tell me how much {n} pieces of {item} cost?{end}",
        f"I would like to know what I have to pay for {n} {item}.{end}",
        f"Say I buy {n} {item}. How much money is that?{end}",
        f"On my list there are {n} {item}. What money should I bring for them?{end}",
        f"Cost of {n} pieces of {item}, please.{end}",
        f"Work out the cost of {n} {item} for me.{end}",
        f"Somebody wants {n} pieces of {item}. Say what they cost together.{end}",
        f"Look up what one piece of {item} costs, then work out how much {n} pieces are.{end}",
        f"A buyer is thinking of {n} {item}. How much would that come to?{end}",
        f"Would you find out how much I must pay for {n} pieces of {item}?{end}",
        f"Start with the price of {item}. From that, get the cost of {n} pieces.{end}",
        f"If we take {n} {item}, what do we have to pay?{end}",
        f"Can you find the price of one {item} and say how much {n} of them will cost?{end}",
        f"My list says {n} pieces of {item}. How much money must I bring?{end}",
        f"{item}, {n} pieces: tell me the total cost.{end}",
        f"I am going to buy {n} {item} and need to know the total that I will pay.{end}",
        f"How much money do I need to buy {n} {item}?{end}",
        f"I am thinking of buying {item}, {n} pieces. Could you say what I will pay?{end}",
        f"Check what one {item} costs and work out the cost of {n} of them.{end}",
        f"Please look up the price of {item} and tell me what {n} pieces cost.{end}",
        plan=[
            f"get the price of {item}",
            f"get the cost of {n} pieces",
            *([f"apply the discount of {percent} percent"] if percent else []),
        ],
    )
    price = s.call("shop_price", f"get the price of {item}", product=item)
    cost = s.call("shop_cost", f"get the cost of {n} pieces at {price}", price=price, quantity=n)
    if percent:
        cost = s.call(
            "shop_discount", f"apply a discount of {percent} percent to {cost}", amount=cost, percent=percent
        )
    s.answer(f"{n} pieces of {item} cost {cost}.", f"That is {cost}.", expect=[cost])


def fill_cart(s: Scene) -> None:
    """Two or three products into the cart, then its total, maybe with a discount."""
    items = _items(s, s.integer(2, 3))
    wanted = [(item, s.integer(1, 5)) for item in items]
    text = ", ".join(f"{n} {item}" for item, n in wanted)
    lines = "\n".join(f"- {n} {item}" for item, n in wanted)
    percent = s.rng.choice((0, s.integer(3, 40)))
    end = f" Then apply a discount of {percent} percent to the total." if percent else ""
    s.ask(
        f"Not a single thing should remain in the cart, so empty it. Then put {text} in and tell me the total.{end}",
        f"Everything that is in the cart should be removed. Because I am buying {text}, put that in, and say what the total is.{end}",
        f"I am thinking of buying {text}. Please empty the cart before you add them. What is its total then?{end}",
        f"Once the cart has been emptied, {text} should go into it. Give me its total.{end}",
        f"Cart: clear. Add: {text}. Total?{end}",
        f"My boss needs these for the office:\n{lines}\nPlease empty the cart, add them and say what the total is.{end}",
        f"When all old things are removed from the cart, add {text}. I want to hear the total of it.{end}",
        f"Nobody needs what is in the cart now. Empty it, lay {text} in it and look up the total.{end}",
        f"We decided on the following:\n{lines}\nHave the cart emptied, add each thing, and find the total of the cart.{end}",
        f"How much is the cart with just {text} in it? Empty it before you add them.{end}",
        f"For a friend who is buying {text}, clear the cart, add it all and let me have the total.{end}",
        f"The cart must hold these and no other thing, namely {text}. So empty it, add them, and what is the total?{end}",
        f"Have whatever is in the cart removed, add {text}, and work out the total.{end}",
        f"Because the cart is full of old goods, clear it first. Next add {text} and get me the total.{end}",
        f"Empty the cart and put this into the cart: {text}. What is the total of the cart?{end}",
        f"Empty the cart first, please. Then add {text} and tell me the total of the cart.{end}",
        f"Start with an empty cart: empty it and add {text}. What does the cart cost?{end}",
        f"My shopping list:\n{lines}\nEmpty the cart, put all that into it and tell me its total.{end}",
        f"Please empty the cart, add {text} and give me the total of the cart.{end}",
        f"I want an empty cart with only these products: {text}. What is its total?{end}",
        f"Empty the cart. Add {text}. Tell me what the cart costs.{end}",
        f"Empty the cart first. Then put {text} into the cart and tell me what it costs.{end}",
        f"I need a clean start: empty the cart. After that add {text} and tell me the total of the cart.{end}",
        f"Can you clear the cart, add {text} and say what the cart costs in total?{end}",
        f"Throw out everything that is in the cart. Put in {text}. How much is the cart then?{end}",
        f"Clear the cart. These products go into it:\n{lines}\nWhat is the total?{end}",
        f"We start again with the cart: make it empty, add {text}, and give me the total.{end}",
        f"Only these should be in the cart: {text}. So empty it first, add them, and read me the total.{end}",
        f"Remove all that is in the cart, then add {text} to it. I want to know the total of the cart.{end}",
        f"Empty cart, please, then fill it:\n{lines}\nTell me the total of the cart.{end}",
        f"I am here to buy {text}. Clear the cart, then put that in it and get me the total.{end}",
        f"First make the cart empty, then add {text}. How much does the cart cost?{end}",
        f"Could you empty the cart, fill it with {text} and tell me how much it comes to?{end}",
        f"Please clear my cart. I would like to buy {text}. What is the total of the cart?{end}",
        f"I do not need the old cart, empty it. Put {text} in. What do I pay for the cart?{end}",
        f"I am buying {text}. Take everything from the cart, put that in and give me the total of the cart.{end}",
        f"New cart, please: clear the old one and add {text}. What does it cost in total?{end}",
        f"After you have emptied the cart, add {text} and work out what the cart costs.{end}",
        f"Fill the cart with this, but empty it before:\n{lines}\nHow much is the cart?{end}",
        f"Would you make the cart empty, then place {text} in it and say what the total is?{end}",
        f"Reset the cart. It should then have {text} in it. Find the total of the cart.{end}",
        f"I want to start shopping again. Clear the cart, add {text}, and let me know the total.{end}",
        f"Empty the cart and fill it again:\n{lines}\nI need the total of the cart.{end}",
        f"What does the cart come to if you empty it first and then add {text}?{end}",
        f"There are old things in the cart, so remove them all. Then add {text} and show me the total.{end}",
        f"Let the cart be empty and then go through my list: {text}. Add them and get the total of the cart.{end}",
        f"Please throw out the old products in the cart and put in {text}. How much would I pay for the cart?{end}",
        f"Can you remove everything from my cart? I am buying {text}, so put that in and tell me the total.{end}",
        f"Here is what I want to buy:\n{lines}\nClear the cart, add these products and work out the total.{end}",
        f"Cart: empty it, then add {text}. After that I would like to know what it costs.{end}",
        f"The old cart can go, so clear it. I would like to have {text} in it. How much does the cart come to?{end}",
        f"I am going shopping for {text}. Empty the cart, put them in and work out the total of the cart.{end}",
        f"Would you clear my cart and fill it with {text}? After that I need its total.{end}",
        f"Please empty the cart and add {text}. What is the total of the cart?{end}",
        plan=[
            "empty the cart",
            *(f"add {n} {item} to the cart" for item, n in wanted),
            "get the total of the cart",
            *([f"apply the discount of {percent} percent"] if percent else []),
        ],
    )
    s.call("shop_empty_cart", "empty the cart")
    for item, n in wanted:
        s.call("shop_cart", f"add {n} {item} to the cart", product=item, quantity=n)
    total = s.call("shop_cart_total", "get the total of the cart")
    if percent:
        why = f"apply a discount of {percent} percent to {total}"
        total = s.call("shop_discount", why, amount=total, percent=percent)
    s.answer(f"The total is {total}.", f"It is {total}.", expect=[total])


def all_prices(s: Scene) -> None:
    """List the products, look up price or stock of each, one by one or at once, and add them up."""
    word = s.rng.choice(("price", "stock"))
    how = s.rng.random() < 0.5
    hint = " Look them up all at once." if how else " Look them up one by one."
    s.ask(
        f"Leave out not a single product: list them, look up the {word} of each, and give me the sum.{hint}",
        f"One thing my boss wants is the {word} of all products in one sum. List them, look up each one and add up.{hint}",
        f"There is a thing to work out, namely the sum of the {word} of each product in the shop.{hint}",
        f"List of products, {word} of each, total.{hint}",
        f"Nobody knows what the {word} of all products makes in total. Would you list them and find out?{hint}",
        f"For our books we need an exact total, so get the {word} of every product that is listed and add up.{hint}",
        f"Because I have to write a report, list the products and add the {word} of each to a sum.{hint}",
        f"With every single product included, what is the exact total when you add up the {word} of each?{hint}",
        f"Each thing that we sell has a {word}. List the things, look that up and sum it all.{hint}",
        f"Is it possible to get the {word} of each product in the shop and sum the numbers for me?{hint}",
        f"I am thinking about the shop as a whole. List the products, read the {word} of each, and tell me the sum.{hint}",
        f"The sum is what I need in the end. To get it, list the products and look up the {word} of each thing on the list.{hint}",
        f"List the products. Then take the {word} of every one, so that nothing is left out, and add up.{hint}",
        f"What do all our products add up to, if you count the {word} of each?{hint}",
        f"List all products, get the {word} of each and add up the amounts.{hint}",
        f"What is the total if you add up the {word} of every product in the shop?{hint}",
        f"Please list the products of the shop, look up the {word} of each product and tell me the total.{hint}",
        f"For each product of the shop, get the {word}. Then add them all up.{hint}",
        f"I need the {word} of every product and then the total. Start with the list of products.{hint}",
        f"Go through all products and look up the {word} of each. What is the total?{hint}",
        f"Add up the {word} of all products, please.{hint}",
        f"Please go through the list of products, get the {word} of each and add them up.{hint}",
        f"Can you list the products, find the {word} of each one and tell me the total?{hint}",
        f"We have to know the {word} of all products together. List them, look up each and add up.{hint}",
        f"Every product has a {word}. Get them all and give me the total.{hint}",
        f"Total of the {word} of all our products, please.{hint}",
        f"I am checking the whole shop. Find the {word} of each product and add the values up.{hint}",
        f"Take the list of products, read the {word} of every one, and work out the total.{hint}",
        f"Would you sum up the {word} of every product that we have?{hint}",
        f"Start with all products. Get the {word} of each. Finish with the total.{hint}",
        f"Get the {word} of every product in the shop and sum them up.{hint}",
        f"They want to know the sum of the {word} of all products. Can you do that?{hint}",
        f"What is the sum of the {word} over all products that we sell?{hint}",
        f"Find out which products there are, get the {word} of each one and add up the values.{hint}",
        f"I want you to do a sum for me: the {word} of every product. Which number do you get?{hint}",
        f"I would like to know the {word} of all our products added together.{hint}",
        f"Please add the {word} of each product in the shop to one total.{hint}",
        f"Show me the total that you get from the {word} of every single product.{hint}",
        f"Make a list of all products, check the {word} of each, and give me the sum.{hint}",
        f"Look at each product that the shop sells. Find its {word}, and add up everything.{hint}",
        f"Can you work out the total {word} of all the products in our shop?{hint}",
        f"My boss wants to know the total {word} of all products. Please find it out.{hint}",
        f"See what the shop sells, read the {word} of every product and sum up the amounts.{hint}",
        f"Let me have the {word} of all products of the shop, summed up.{hint}",
        f"First the list of products, then the {word} of each, and at the end the sum.{hint}",
        f"How much is it when you add the {word} of all products together?{hint}",
        f"Take every product of the shop, find out its {word} and tell me what they all make together.{hint}",
        f"I ask for the sum of one thing: the {word} of each product that we have.{hint}",
        f"Would you go through our products, check the {word} of every one and give me the total?{hint}",
        f"We want a total for the shop. It is the {word} of all products, added up.{hint}",
        f"What do you get when you sum the {word} of all products that the shop has?{hint}",
        f"My boss asks for one number: the {word} of each product in the shop, added up.{hint}",
        f"See which products there are, find out the {word} of every single one and give me the total.{hint}",
        f"Look up the {word} of all products of the shop and tell me the total.{hint}",
        plan=["list all products", f"get the {word} of each product", "add up the amounts"],
    )
    products = s.call("shop_products", "list all products")
    op = "shop_price" if word == "price" else "shop_stock"
    if how:
        why = f"get the {word} of {', '.join(products)}"
        values = s.parallel(why, *((op, {"product": product}) for product in products))
    else:
        values = [s.call(op, f"get the {word} of {product}", product=product) for product in products]
    total = s.call("shop_total", f"add up {', '.join(str(v) for v in values)}", amounts=values)
    s.answer(f"The total is {total}.", f"It is {total}.", expect=[total])


def change(s: Scene) -> None:
    """A new price after a discount, new stock, or a cancelled order."""
    [item] = _items(s, 1)
    if s.rng.random() < 0.5:
        percent = s.integer(3, 40)
        s.ask(
            f"Less should be paid for {item} from today, namely {percent} percent less. Write the new price into the system.",
            f"Because nobody is buying {item}, reduce the price by {percent} percent.",
            f"My boss decided that {item} should cost {percent} percent less than before. Set that price, please.",
            f"Reduce what {item} costs: {percent} percent less than now is the new price.",
            f"We reduce the {item} today, namely by {percent} percent. Look up its price and set the new one.",
            f"{item}: set the price, minus {percent} percent.",
            f"With {percent} percent as the discount, work out a lower price for {item} and set it.",
            f"Nobody pays that much for {item}. A price that is {percent} percent less than the present one would be right, so set it.",
            f"In the other shop {item} costs less than here. Reduce our price by {percent} percent, please.",
            f"It was decided today to take {percent} percent off the {item}. Would you save the price that this gives?",
            f"Could the {item} be {percent} percent less expensive than it is now? Please change the price to that.",
            f"Unless {item} gets cheaper, nobody will take it. So look up its price and reduce that by {percent} percent.",
            f"We have more {item} than we can sell, which is why its price must go down by {percent} percent. Set it, please.",
            f"I decided on a discount of {percent} percent. The product for which you must set the new price is {item}.",
            f"Reduce the price of {item} by {percent} percent.",
            f"Look up the price of {item}, apply a discount of {percent} percent and set the new price.",
            f"The {item} should become {percent} percent cheaper. Please change the price.",
            f"Give the product {item} a new price with a discount of {percent} percent.",
            f"Apply a discount of {percent} percent to the price of {item} and set that as its new price.",
            f"We have a sale: {percent} percent off for {item}. Change its price.",
            f"Please change the price of {item}: a discount of {percent} percent.",
            f"Make {item} cheaper by {percent} percent.",
            f"{item}: {percent} percent discount. Write the new price.",
            f"I want {item} to cost {percent} percent less. Find the old price, work out the new one and set it.",
            f"Can you take {percent} percent off the price of {item} and save that price?",
            f"From today there is a discount of {percent} percent on {item}. Please set the price to match.",
            f"The price of {item} is too high. Cut it by {percent} percent.",
            f"Could you look at what {item} costs now and set a price that is {percent} percent lower?",
            f"We have to lower the price of {item} by {percent} percent.",
            f"Work out {percent} percent discount on the price of {item}. The result is the new price, so set it.",
            f"Lower the price of {item} by {percent} percent.",
            f"The price of {item} goes down: cut it by {percent} percent, please.",
            f"Could you reduce the price of {item} by {percent} percent and save the new one?",
            f"Nobody wants to buy an expensive {item}. Let us bring this price down by {percent} percent.",
            f"There is a sale on {item}, with {percent} percent off. Please set the new price.",
            f"Check what the {item} costs and make it {percent} percent cheaper in our shop.",
            f"The price of {item} has to go down by {percent} percent. Change it, please.",
            f"Take the price of {item}, subtract {percent} percent and save the result as the new price.",
            f"I would like to sell {item} at a discount of {percent} percent. Change its price.",
            f"Too few people buy {item}, so reduce its price by {percent} percent.",
            f"Change the price of {item} so that it is {percent} percent lower than now.",
            f"New price for {item}, please: {percent} percent less than the old one.",
            f"Find out how much we ask for {item} and bring that down by {percent} percent.",
            f"We decided to give {percent} percent discount on {item}. Please write the new price.",
            f"The price of the product {item} should be reduced by {percent} percent.",
            f"Can you lower what {item} costs by {percent} percent and put in that price?",
            f"Let us sell the {item} for {percent} percent less. Would you set the price for that?",
            f"Nobody wants {item} at this price. Please make it {percent} percent lower.",
            f"Check the price of {item}, take {percent} percent off and change it in the shop.",
            f"I decided that {item} is too expensive. Its price goes down by {percent} percent, so save that.",
            f"Nobody buys our {item}. Bring its price down by {percent} percent, please.",
            f"I decided to sell {item} with {percent} percent off. Would you change the price in the shop?",
            f"Lower what we ask for {item}. It should be {percent} percent less than now.",
            f"Please look up the price of {item}, reduce it by {percent} percent and set the new price.",
            plan=[
                f"get the price of {item}",
                f"apply the discount of {percent} percent",
                f"set the new price of {item}",
            ],
        )
        price = s.call("shop_price", f"get the price of {item}", product=item)
        why = f"apply a discount of {percent} percent to {price}"
        new = s.call("shop_discount", why, amount=price, percent=percent)
        s.call("shop_set_price", f"set the price of {item} to {new}", product=item, price=new)
        s.answer(f"The new price of {item} is {new}.", f"{item} now costs {new}.", expect=[new])
        return
    n = s.integer(2, 50)
    s.ask(
        f"Because a truck came with {n} pieces of {item}, our stock is higher. Enter them, please.",
        f"The {item} that we were waiting for arrived: {n} pieces. Restock it.",
        f"A truck has arrived and brought us {n} {item}. Add them to the stock.",
        f"In the box that came this morning there are {n} pieces of {item}. Let the stock grow by that many.",
        f"Our stock of {item} is higher than the system says: {n} pieces came in. Please add them.",
        f"Restock, please: the product is {item} and the quantity is {n}.",
        f"With {n} pieces that arrived today, the stock of {item} grows. Enter this and tell me the new number.",
        f"By {n} pieces the stock of {item} grows, as a truck came in. Could you add them?",
        f"Somebody delivered {n} {item} to my boss. How many do we have once you add them to the stock?",
        f"{item} arrived, {n} pieces, so restock.",
        f"When goods come, our stock grows. Today it is {item}, and {n} pieces must be added.",
        f"Restock {item} with the {n} pieces that came by truck, please. How high is the stock then?",
        f"A big box was delivered, and we found {item} in it, namely {n} pieces. They should be added to the stock.",
        f"I want the stock of {item} to grow, because {n} pieces arrived an hour ago. Enter them, please.",
        f"We got {n} new pieces of {item}. Put them in stock.",
        f"Add {n} pieces to the stock of {item} and tell me the new stock.",
        f"Restock {item} with {n} pieces.",
        f"A delivery of {n} pieces of {item} came. Please add them to the stock.",
        f"Please put {n} new pieces of {item} in stock. How many are there then?",
        f"Restock: {n} pieces of {item}.",
        f"{s.person()} brings {n} new pieces of {item}. Add them to the stock.",
        f"{n} pieces of {item} have just come in. They must go into the stock.",
        f"Can you add {n} {item} to what we have in stock?",
        f"New in the shop: {n} pieces of {item}. Please put them in stock.",
        f"I bought {n} more {item} for the shop. Increase the stock.",
        f"We have to put {n} pieces of {item} on the shelf. Add them to the stock and give me the new number.",
        f"{item}: plus {n} pieces. What is the stock now?",
        f"The truck brought {item}, {n} pieces. Enter them into the stock, please.",
        f"Increase the stock of {item} by {n}.",
        f"Could you restock {item}? There are {n} pieces to add.",
        f"Add {n} {item} to the stock.",
        f"Please increase the stock of {item} by {n} pieces.",
        f"Put {n} more pieces of {item} into our stock, please.",
        f"The stock of {item} should be higher, so let it grow by {n}.",
        f"A box of {item} has arrived with {n} pieces in it. Add them to the stock.",
        f"Would you restock the {item}? Its stock grows by {n} pieces. How high is it now?",
        f"There are {n} more {item} now. Could you enter them into the stock?",
        f"We bought {item}, {n} pieces. Put them in stock and tell me how many there are now.",
        f"New delivery: {n} {item}. Add it to the stock, please.",
        f"Here are {n} new {item} for the shop. Please add them and say what the stock is then.",
        f"Can you raise the stock of {item} by {n} pieces?",
        f"Today {n} pieces of {item} were delivered. Please restock.",
        f"I need you to add {n} pieces of {item} to what the shop has in stock.",
        f"The stock of {item} must be raised by {n}, because a delivery came in.",
        f"{s.person()} has just delivered {item}, {n} pieces. Put them in stock, please.",
        f"Stock up on {item}: {n} pieces have arrived.",
        f"The stock of {item} should grow by {n} pieces. How high is it then?",
        f"I have a box here with {item}. Add its {n} pieces to the stock and say how many we have now.",
        f"{n} {item} came with the truck today. Would you put them in stock?",
        f"Please enter {n} new pieces for {item}, so that our stock is higher.",
        f"A box with {n} {item} is here. Would you add it to the stock and say how many we have?",
        f"Our stock of {item} grows by {n} pieces today. Please enter that.",
        f"I need the stock of {item} to be {n} pieces higher, because new ones have arrived.",
        f"Please restock {item}. We got {n} new pieces.",
    )
    value = s.call("shop_restock", f"add {n} pieces of {item} to the stock", product=item, quantity=n)
    s.answer(
        f"There are now {value} pieces of {item} in stock.", f"{item}: {value} in stock now.", expect=[value]
    )


def cancel(s: Scene) -> None:
    """An order is cancelled and the stock checked; or an unknown code, which is explained."""
    code = s.rng.choice(sorted(s.world["orders"])) if s.world["orders"] and s.rng.random() < 0.8 else s.code()
    item = s.world["orders"].get(code, {}).get("product") or _items(s, 1)[0]
    s.ask(
        f"After a call from the buyer, we are cancelling {code}. Please do so with this order, and see how many {item} remain in stock.",
        f"Because of a mistake, order {code} has to be removed. When it is gone, give me the exact stock of {item}.",
        f"Besides cancelling the order {code}, you should look up the stock of {item}. Cancel first, look after that.",
        f"By cancelling order {code} we may get pieces back. Do that, and see what the stock of {item} is.",
        f"I spoke to the customer, who decided against order {code}. Cancel it, and how many {item} do we have then?",
        f"Cancel {code}. Stock of {item}?",
        f"I want order {code} to be removed, because nobody is waiting for it. What is the exact number of {item} in stock after that?",
        f"My boss is asking for two things, namely cancelling the order {code} and then looking up the stock of {item}.",
        f"Have the order {code} removed, and with that done, look up how many pieces of {item} are in stock.",
        f"The buyer decided to keep the money, so cancel the order {code}. The stock of {item} is the next thing I need to know.",
        f"As nobody paid, cancelling order {code} is the first thing to do. The second is to check the stock of {item}.",
        f"Would you mind cancelling {code}? It is an order. Once it is removed, tell me how many {item} are in stock.",
        f"Order {code} should not exist any more, so cancel it. I also need the exact stock of {item} after that.",
        f"Someone placed the order {code} by mistake. After cancelling it, look up the stock of {item}.",
        f"Cancel the order {code}, then tell me the stock of {item}.",
        f"Please cancel order {code}. How many pieces of {item} are in stock after that?",
        f"The customer does not want the order {code} any more. Cancel it and look up the stock of {item}.",
        f"Order {code} was a mistake. Cancel it, then get the stock of {item}.",
        f"Can you cancel the order with the code {code} and check the stock of {item}?",
        f"1. Cancel order {code}.\n2. Tell me the stock of {item}.",
        f"I want to cancel {code}. Then tell me how many pieces of {item} are in stock.",
        f"I need you to cancel the order {code} and to tell me the stock of {item}.",
        f"Order {code}: cancel. Product {item}: how many in stock?",
        f"Could you stop the order {code}? I also want to know how many {item} we have in stock then.",
        f"Nobody will pay for the order {code}, so cancel it. What is the stock of {item} after that?",
        f"The buyer changed their mind. Remove order {code} and then check how many pieces of {item} are in stock.",
        f"First cancel {code}, next find the stock of {item}.",
        f"We have to cancel order {code}. When that is done, look up the stock of {item}.",
        f"Two things: order {code} must be cancelled, and I want the stock of {item}.",
        f"Please take back the order {code} and find out how much {item} is in stock.",
        f"Please cancel {code}, and then check the stock of {item}.",
        f"Remove the order {code}, then find out how many {item} are in stock.",
        f"My customer wants order {code} removed. Cancel it and tell me how many {item} there are in stock.",
        f"{code} is an order that is no longer needed. Stop it, then look up how much {item} is in stock.",
        f"Take back order {code}. After that, what is the stock of {item}?",
        f"Would you please delete the order {code} and then look up the stock of {item}?",
        f"We do not need order {code} any longer. Cancel it and give me the stock of {item}.",
        f"Order {code} has to be cancelled. Then I need the number of {item} in stock.",
        f"The order with the code {code} is not wanted any more. Cancel it, then count the {item} in stock.",
        f"Start by cancelling the order {code}. Then get me the stock of {item}.",
        f"First stop the order {code}, and when that is done, see how many {item} we have in stock.",
        f"I made a mistake with order {code}, so please remove it. How many {item} are in stock then?",
        f"Once you have cancelled the order {code}, let me know the stock of {item}.",
        f"The customer changed their mind about {code}. Cancel this order and tell me how many {item} are left in stock.",
        f"Can you delete order {code} for me? I would also like to know the stock of {item} after that.",
        f"To do: cancel the order {code}, then find the stock of {item}.",
        f"My customer no longer wants order {code}. Take it back, and then see how much {item} there is in stock.",
        f"After cancelling order {code}, please count how many pieces of {item} are in stock.",
        f"What is the stock of {item} once order {code} is removed? Cancel that order first, please.",
        f"I would like you to stop {code}, an order that is not needed, and then check how many {item} we have.",
        f"{code} is an order that is not needed any longer. Cancel it and see how many {item} there are in stock.",
        f"Would you cancel the order {code} for me and then count what is in stock of {item}?",
        f"How many {item} are in stock once the order {code} is cancelled? Please cancel it and look.",
        f"Please cancel the order with the code {code}, then look up the stock of {item}.",
        plan=[f"cancel the order {code}", f"get the stock of {item}"],
    )
    done = s.call("shop_cancel", f"cancel the order {code}", order=code)
    if isinstance(done, Failed):
        s.answer(f"I could not cancel it: there is no order {code}.", expect=[f"no order {code}"])
        return
    value = s.call("shop_stock", f"get the stock of {item}", product=item)
    s.answer(
        f"Order {code} is cancelled. The stock of {item} is {value}.",
        f"Cancelled. {item}: {value} in stock.",
        expect=[value],
    )


DOMAIN = Domain(
    "shop", OPS, world, (look_up, available, order, line_total, fill_cart, all_prices, change, cancel)
)
