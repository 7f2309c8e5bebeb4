namespace MarketingPlatform.Chatbot.Understanding.Entities;

/// <summary>What a part of a message can name.</summary>
internal enum EntityKind
{
    /// <summary>Looks like an order's number; whether it is one, and whose, only the orders can tell.</summary>
    OrderId,
    Email,

    /// <summary>A day.</summary>
    Date,
    Money,

    /// <summary>A product of the catalogue.</summary>
    Product,

    /// <summary>A category of the catalogue.</summary>
    Category,
}

/// <summary>A part of a message that names something.</summary>
/// <param name="Text">As the visitor wrote it.</param>
/// <param name="Start">Where it begins in the message, in UTF-16 units.</param>
/// <param name="Value">
/// In the form that the rest of the platform uses: an order id in upper case without <c>#</c>; an address in lower case; a day as
/// <c>yyyy-MM-dd</c>; an amount with a point and its ISO currency (<c>12.50 EUR</c>); the product's id; the category's name.
/// </param>
/// <param name="Name">How people call it: the product's or category's name; else the same as <paramref name="Value"/>.</param>
internal sealed record Entity(EntityKind Kind, string Text, int Start, string Value, string Name);
