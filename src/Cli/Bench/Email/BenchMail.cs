using System.Globalization;
using MarketingPlatform.Contracts.Recommendation;

namespace MarketingPlatform.Cli.Bench.Email;

/// <summary>A usual newsletter: about 2 KB of HTML, plain text, four links, a block of recommended products.</summary>
internal static class BenchMail
{
    public const int Products = 3;

    public const string Subject = "{{ customer.first_name | default: 'Hello' }}, new teas for you";

    public const string Html = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>New teas</title></head>
        <body style="margin:0;background:#f6f4ef;font-family:Helvetica,Arial,sans-serif;color:#222">
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0"><tr><td align="center" style="padding:24px 12px">
        <table role="presentation" width="600" cellpadding="0" cellspacing="0" style="background:#fff;border-radius:8px">
        <tr><td style="padding:24px"><a href="{{ shop.url }}" style="color:#1d4ed8;font-size:20px">{{ shop.name }}</a>
        <h1 style="font-size:22px">Hello {{ customer.first_name }}, the first flush is here</h1>
        <p style="line-height:1.5">Picked in spring, fresh from the gardens. You have {{ data.points }} points: enough for a tin of your own.</p>
        {% if recommendations.size > 0 %}
        <table role="presentation" width="100%" cellpadding="0" cellspacing="0">
        {% for product in recommendations %}
        <tr><td style="padding:8px 0;border-top:1px solid #eee"><strong>{{ product.name }}</strong> {{ product.price }}<br>
        <span style="color:#666;font-size:13px">{{ product.reason }}</span></td></tr>
        {% endfor %}
        </table>
        {% else %}
        <p>See what other customers like.</p>
        {% endif %}
        <p><a href="{{ shop.url }}teas" style="background:#1d4ed8;color:#fff;padding:12px 20px;border-radius:6px;text-decoration:none">See all teas</a></p>
        <p style="font-size:12px;color:#666">{{ shop.postal_address }} <a href="{{ shop.url }}privacy">Privacy</a>
        <a href="{{ unsubscribe_url }}">Unsubscribe</a></p>
        </td></tr></table></td></tr></table></body></html>
        """;

    public const string Text = """
        Hello {{ customer.first_name }}, the first flush is here.

        You have {{ data.points }} points: enough for a tin of your own.
        {% for product in recommendations %}
        - {{ product.name }}, {{ product.price }}: {{ product.reason }}{% endfor %}

        See all teas: {{ shop.url }}teas
        Unsubscribe: {{ unsubscribe_url }}
        """;

    private static readonly string[] Names = ["Darjeeling First Flush", "Sencha", "Earl Grey", "Assam Gold", "Oolong", "Rooibos Vanilla"];

    /// <summary>Other products for other customers, as a model would give.</summary>
    public static RecommendationList RecommendedTo(Guid customer)
    {
        var first = BitConverter.ToInt32(customer.ToByteArray()) % Names.Length;
        return new(
            "bench",
            [
                .. Enumerable
                    .Range(first, Products)
                    .Select(i => Names[i % Names.Length])
                    .Select(
                        (name, i) =>
                            new RecommendedProduct(
                                "tea-" + i.ToString(CultureInfo.InvariantCulture),
                                name,
                                "tea",
                                9.5m + i,
                                "EUR",
                                "https://shop.example/tea/" + i.ToString(CultureInfo.InvariantCulture),
                                null,
                                1.0 / (i + 1),
                                "Goes with what you bought last",
                                "co-purchase"
                            )
                    ),
            ]
        );
    }
}
