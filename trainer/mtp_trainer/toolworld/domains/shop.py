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
    ("product", "item", "article", "product_name", "goods"),
    ("Name of the product", "Which product", "The product", "Product name"),
)
QUANTITY = P(
    "quantity",
    INTEGER,
    ("quantity", "count", "pieces", "number_of_pieces", "qty"),
    ("How many pieces", "Number of pieces", "How many", "Quantity of pieces"),
)
CUSTOMER = P(
    "customer",
    STRING,
    ("customer", "buyer", "client", "customer_name", "name"),
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
    ("amount", "price", "value", "sum"),
    ("Amount before the discount", "The amount", "Price or amount"),
)
OPS = (
    Op(
        "shop_products",
        ("list_products", "all_products", "catalog", "show_products", "get_products"),
        (
            "List all products of the shop.",
            "All products that the shop has.",
            "Names of all products.",
            "List the products.",
        ),
        (),
        _products,
        "products",
    ),
    Op(
        "shop_price",
        ("get_price", "price_of", "product_price", "look_up_price", "find_price"),
        (
            "Price of a product.",
            "Return the price of one piece of a product.",
            "What a product costs.",
            "Get the price of a product.",
        ),
        (PRODUCT,),
        _price,
        "price",
    ),
    Op(
        "shop_stock",
        ("get_stock", "stock_of", "pieces_in_stock", "stock_level", "find_stock"),
        (
            "How many pieces of a product are in stock.",
            "Number of pieces in stock.",
            "Stock of a product.",
            "Get the stock of a product.",
        ),
        (PRODUCT,),
        _stock,
        "stock",
    ),
    Op(
        "shop_in_stock",
        ("is_available", "check_available", "available", "enough_available", "product_available"),
        (
            "Check whether a quantity of a product is available.",
            "True if so many pieces are available.",
            "Whether enough pieces of a product are available.",
            "Check if enough pieces are available.",
        ),
        (PRODUCT, QUANTITY),
        _in_stock,
        "available",
    ),
    Op(
        "shop_set_price",
        ("set_price", "change_price", "new_price", "update_price", "write_price"),
        (
            "Set the price of a product.",
            "Change the price of a product.",
            "Give a product a new price.",
            "Set a new price.",
        ),
        (
            PRODUCT,
            P(
                "price",
                NUMBER,
                ("price", "new_price", "amount", "value"),
                ("The new price", "New price", "What it costs"),
            ),
        ),
        _set_price,
        "status",
    ),
    Op(
        "shop_restock",
        ("restock", "add_stock", "put_in_stock", "increase_stock", "receive_stock"),
        (
            "Put new pieces of a product in stock.",
            "Add pieces to the stock.",
            "Restock a product.",
            "Add new pieces to the stock.",
        ),
        (PRODUCT, QUANTITY),
        _restock,
        "stock",
    ),
    Op(
        "shop_cart",
        ("add_to_cart", "put_in_cart", "cart_add", "into_cart", "cart_put"),
        (
            "Add a product to the cart.",
            "Put pieces of a product into the cart.",
            "Add to the cart.",
            "Put a product into the cart.",
        ),
        (PRODUCT, QUANTITY),
        _cart,
        "status",
    ),
    Op(
        "shop_cart_total",
        ("cart_total", "total_of_cart", "cart_cost", "get_cart_total", "cart_sum"),
        (
            "Total of the cart.",
            "What the whole cart costs.",
            "Total cost of the cart.",
            "Get the total of the cart.",
        ),
        (),
        _cart_total,
        "total",
    ),
    Op(
        "shop_empty_cart",
        ("empty_cart", "clear_cart", "remove_all_from_cart", "cart_clear", "cart_empty"),
        ("Empty the cart.", "Remove everything from the cart.", "Clear the cart.", "Empty the whole cart."),
        (),
        _empty_cart,
        "status",
    ),
    Op(
        "shop_order",
        ("place_order", "order_product", "create_order", "new_order", "make_order"),
        (
            "Order a product for a customer and return the order code.",
            "Place an order for a customer.",
            "Create an order of a customer.",
            "Place an order and return the order code.",
        ),
        (
            CUSTOMER,
            P(
                "line",
                ORDER_LINE,
                ("line", "order_line", "position", "order"),
                ("The order line", "What is ordered", "Product and quantity"),
            ),
            P(
                "gift",
                {"type": "boolean"},
                ("gift", "as_gift", "is_gift", "gift_wrap"),
                ("Whether it is a gift", "True for a gift", "Is it a gift"),
                optional=True,
            ),
        ),
        _order,
        "order",
    ),
    Op(
        "shop_cancel",
        ("cancel_order", "delete_order", "stop_order", "order_cancel", "remove_order"),
        (
            "Cancel an order.",
            "Cancel the order with a code.",
            "Cancel an order by its code.",
            "Cancel the order.",
        ),
        (
            P(
                "order",
                STRING,
                ("order", "order_code", "code", "order_id"),
                ("Code of the order", "The order code", "Which order"),
            ),
        ),
        _cancel,
        "status",
    ),
    Op(
        "shop_cost",
        ("cost_of_pieces", "price_times_quantity", "line_cost", "cost_for_quantity", "pieces_cost"),
        (
            "Cost of several pieces at a price.",
            "Multiply a price by a quantity.",
            "What several pieces cost at a price per piece.",
            "Cost of a quantity of pieces at a price.",
        ),
        (
            P(
                "price",
                NUMBER,
                ("price", "unit_price", "price_per_piece", "each"),
                ("Price of one piece", "Price per piece", "The price"),
            ),
            QUANTITY,
        ),
        _cost,
        "cost",
    ),
    Op(
        "shop_discount",
        ("apply_discount", "discount", "reduce_by_percent", "with_discount", "take_discount"),
        (
            "Apply a discount in percent to an amount.",
            "Amount after a discount.",
            "Reduce an amount by a discount.",
            "Apply a discount to an amount.",
        ),
        (
            AMOUNT,
            P(
                "percent",
                NUMBER,
                ("percent", "discount", "discount_percent", "off"),
                ("Discount in percent", "The discount", "How many percent"),
            ),
        ),
        _discount,
        "reduced",
    ),
    Op(
        "shop_total",
        ("total", "add_amounts", "sum_of_amounts", "add_up", "total_of_amounts"),
        (
            "Total of several amounts.",
            "Add up amounts.",
            "Add up a list of amounts.",
            "Total of a list of amounts.",
        ),
        (
            P(
                "amounts",
                NUMBERS,
                ("amounts", "prices", "values", "costs"),
                ("List of amounts", "The amounts", "Amounts to add up"),
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
            f"What is the price of {item}?",
            f"How much does one {item} cost?",
            f"Look up the price of {item}, please.",
            f"A customer asks what the {item} costs.",
            f"Price of {item}?",
            f"Please tell me the price of the product {item}.",
            f"I need the price of {item}.",
            f"Please look up what one {item} costs.",
            f"Tell me the price of {item}, please.",
        )
    else:
        op, why = "shop_stock", f"get the stock of {item}"
        wordings = (
            f"How many pieces of {item} are in stock?",
            f"What is the stock of {item}?",
            f"Look up the stock of {item}, please.",
            f"A customer asks how many pieces of {item} we have in stock.",
            f"Stock of {item}?",
            f"Please tell me how many pieces of the product {item} are in stock.",
            f"I need the stock of {item}.",
            f"Please look up how many pieces of {item} are in stock.",
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
        f"Check if {n} pieces of {item} are available. If so, order them for {who}.",
        f"{who} wants {n} pieces of {item}. Order them if enough are available.",
        f"Are {n} pieces of {item} available? If yes, place an order for {who}.",
        f"Please check whether {n} pieces of {item} are available and place an order for {who} if they are.",
        f"If {n} pieces of {item} are available, order them for {who}.",
        f"Customer {who} asks for {n} pieces of {item}. Check that they are available, then order them.",
        f"Order {n} pieces of {item} for {who}, but only if they are available.",
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
    tail = s.wording(" It is a gift.", " This is a gift.", " Order it as a gift.") if gift else ""
    s.ask(
        f"Order {n} pieces of {item} for {who}.{tail}",
        f"Please place an order for {who}: {n} pieces of {item}.{tail}",
        f"{who} wants to buy {n} pieces of {item}. Place the order.{tail}",
        f"Create an order: customer {who}, product {item}, quantity {n}.{tail}",
        f"Can you order {item} for {who}? The quantity is {n}.{tail}",
        f"New order.\n- customer: {who}\n- product: {item}\n- quantity: {n}\n{tail.strip()}".strip(),
        f"The customer {who} orders {n} pieces of {item}. Please place this order.{tail}",
        f"Please order {n} pieces of {item} for the customer {who}.{tail}",
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
        f" There is a discount of {percent} percent.", f" Apply a discount of {percent} percent.",
        f" I get a discount of {percent} percent.",
    ) if percent else ""  # fmt: skip
    s.ask(
        f"How much do {n} pieces of {item} cost?{end}",
        f"Look up the price of {item} and tell me the cost of {n} pieces.{end}",
        f"{s.person()} asks what {n} pieces of {item} cost.{end}",
        f"I want to buy {n} pieces of {item}. What do they cost?{end}",
        f"Find the price of {item}. Then tell me what {n} pieces cost.{end}",
        f"Please tell me the cost of {n} pieces of {item}.{end}",
        f"What do I pay for {n} pieces of {item}?{end}",
        f"What do {n} pieces of {item} cost?{end}",
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
        f"Empty the cart and put this into the cart: {text}. What is the total of the cart?{end}",
        f"Empty the cart first, please. Then add {text} and tell me the total of the cart.{end}",
        f"Start with an empty cart: empty it and add {text}. What does the cart cost?{end}",
        f"My shopping list:\n{lines}\nEmpty the cart, put all that into it and tell me its total.{end}",
        f"Please empty the cart, add {text} and give me the total of the cart.{end}",
        f"I want an empty cart with only these products: {text}. What is its total?{end}",
        f"Empty the cart. Add {text}. Tell me what the cart costs.{end}",
        f"Empty the cart first. Then put {text} into the cart and tell me what it costs.{end}",
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
        f"List all products, get the {word} of each and add up the amounts.{hint}",
        f"What is the total if you add up the {word} of every product in the shop?{hint}",
        f"Please list the products of the shop, look up the {word} of each product and tell me the total.{hint}",
        f"For each product of the shop, get the {word}. Then add them all up.{hint}",
        f"I need the {word} of every product and then the total. Start with the list of products.{hint}",
        f"Go through all products and look up the {word} of each. What is the total?{hint}",
        f"Add up the {word} of all products, please.{hint}",
        f"Please go through the list of products, get the {word} of each and add them up.{hint}",
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
            f"Reduce the price of {item} by {percent} percent.",
            f"Look up the price of {item}, apply a discount of {percent} percent and set the new price.",
            f"The {item} should become {percent} percent cheaper. Please change the price.",
            f"Give the product {item} a new price with a discount of {percent} percent.",
            f"Apply a discount of {percent} percent to the price of {item} and set that as its new price.",
            f"We have a sale: {percent} percent off for {item}. Change its price.",
            f"Please change the price of {item}: a discount of {percent} percent.",
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
        f"We got {n} new pieces of {item}. Put them in stock.",
        f"Add {n} pieces to the stock of {item} and tell me the new stock.",
        f"Restock {item} with {n} pieces.",
        f"A delivery of {n} pieces of {item} came. Please add them to the stock.",
        f"Please put {n} new pieces of {item} in stock. How many are there then?",
        f"Restock: {n} pieces of {item}.",
        f"{s.person()} brings {n} new pieces of {item}. Add them to the stock.",
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
        f"Cancel the order {code}, then tell me the stock of {item}.",
        f"Please cancel order {code}. How many pieces of {item} are in stock after that?",
        f"The customer does not want the order {code} any more. Cancel it and look up the stock of {item}.",
        f"Order {code} was a mistake. Cancel it, then get the stock of {item}.",
        f"Can you cancel the order with the code {code} and check the stock of {item}?",
        f"1. Cancel order {code}.\n2. Tell me the stock of {item}.",
        f"I want to cancel {code}. Then tell me how many pieces of {item} are in stock.",
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
