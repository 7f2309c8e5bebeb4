using MarketingPlatform.Contracts;
using MarketingPlatform.Contracts.Customers;
using MarketingPlatform.Contracts.Recommendation;
using MarketingPlatform.Email.Templates;
using MarketingPlatform.Email.Templates.Lint;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates;

public class MailTemplatesTests
{
    private static readonly Shop Shop = new()
    {
        Name = "Tea & Co",
        SiteUrl = new("https://tea.example"),
        PostalAddress = "1 Leaf Street, Bremen",
    };
    private static readonly Uri Unsubscribe = new("https://tea.example/email/unsubscribe/abc");
    private readonly MailTemplates templates = new();

    private static MailModel Model(string? firstName = "Anna", CartContent? cart = null, params RecommendedProduct[] recommended) =>
        new(Shop, firstName, cart, recommended, Unsubscribe);

    private static CartContent Cart(params CartLine[] lines) => new(lines, lines.Sum(line => line.Quantity * line.UnitPrice), "EUR");

    private static RecommendedProduct Product(string id, string name, string reason, decimal? price = 4, string? url = null) =>
        new(id, name, null, price, "EUR", url, null, 1, reason, "co-purchase");

    [Fact]
    public void A_cart_mail_shows_lines_with_price_times_quantity_and_the_total()
    {
        var mail = templates.Render("abandoned-cart", Model(cart: Cart(new("T1", "Green tea", 2, 4.5m), new("P1", "Teapot", 1, 30))));

        Assert.Equal("Anna, you left Green tea and 1 more in your cart", mail.Subject);
        foreach (var part in new[] { mail.Html, mail.Text })
        {
            Assert.Contains("Hello Anna, your cart is waiting", part);
            Assert.Contains("Green tea", part);
            Assert.Contains("Teapot", part);
            Assert.Contains("€9.00", part);
            Assert.Contains("€39.00", part);
        }
        Assert.Contains("€4.50 × 2 €9.00", mail.Text);
        Assert.Contains("€4.50 &times; 2", mail.Html);
    }

    [Fact]
    public void Recommended_products_come_with_their_reasons()
    {
        var mail = templates.Render("welcome", Model("Anna", null, Product("S1", "Scones", "Goes with Green tea", url: "/p/S1")));

        foreach (var part in new[] { mail.Html, mail.Text })
        {
            Assert.Contains("Scones", part);
            Assert.Contains("Goes with Green tea", part);
            Assert.Contains("https://tea.example/p/S1", part);
            Assert.DoesNotContain("Popular in our shop", part);
        }
    }

    [Fact]
    public void Without_recommendations_the_mail_points_to_what_is_popular_in_the_shop()
    {
        var mail = templates.Render("abandoned-cart", Model(cart: Cart(new CartLine("T1", "Green tea", 1, 4.5m))));

        Assert.Contains("Popular in our shop", mail.Html);
        Assert.Contains("Popular in our shop", mail.Text);
        Assert.DoesNotContain("You may also like", mail.Html + mail.Text);
    }

    [Fact]
    public void Every_mail_ends_with_the_way_out_the_shop_and_its_address()
    {
        foreach (var name in new[] { "welcome", "abandoned-cart" })
        {
            var mail = templates.Render(name, Model(cart: Cart(new CartLine("T1", "Green tea", 1, 4.5m))));
            Assert.Contains($"href=\"{Unsubscribe}\"", mail.Html);
            Assert.Contains($"Unsubscribe: {Unsubscribe}", mail.Text);
            Assert.Contains("Tea &amp; Co, 1 Leaf Street, Bremen", mail.Html);
            Assert.Contains("Tea & Co, 1 Leaf Street, Bremen", mail.Text);
        }
    }

    [Fact]
    public void Markup_in_a_value_is_shown_and_never_run()
    {
        const string Evil = "<script>alert('x')</script>";
        var cart = Cart(new CartLine("T1", Evil, 1, 4.5m, Url: "javascript:alert(1)", ImageUrl: "data:text/html,x\" onerror=\"alert(1)"));

        var mail = templates.Render("abandoned-cart", Model(Evil, cart, Product("S1", Evil, "\"><img src=x onerror=alert(1)>")));

        Assert.DoesNotContain("<script", mail.Html);
        Assert.DoesNotContain("<img", mail.Html);
        Assert.DoesNotContain("onerror=alert", mail.Html.Replace("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;", ""));
        Assert.DoesNotContain("javascript:", mail.Html + mail.Text);
        Assert.Contains("Hello &lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;", mail.Html);
        Assert.Contains($"Hello {Evil}", mail.Text);
    }

    [Fact]
    public void Values_are_data_and_never_templates()
    {
        var mail = templates.Render("welcome", Model("{{ shop.name }}{% assign x = 1 %}"));

        Assert.Contains("Hello {{ shop.name }}{% assign x = 1 %}, welcome!", mail.Text);
    }

    [Theory]
    [InlineData("Zoë")]
    [InlineData("Łukasz")]
    [InlineData("雪")]
    [InlineData("محمد")]
    public void Names_of_any_script_arrive_as_they_are(string name)
    {
        var mail = templates.Render("welcome", Model(name));

        Assert.Contains($"Hello {name}, welcome!", mail.Html);
        Assert.Contains($"Hello {name}, welcome!", mail.Text);
        Assert.Equal($"{name}, welcome to Tea & Co", mail.Subject);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("  ")]
    [InlineData("\r\n")]
    public void Without_a_first_name_the_greeting_still_reads_well(string? name)
    {
        var mail = templates.Render("welcome", Model(name));

        Assert.Equal("Welcome to Tea & Co", mail.Subject);
        Assert.Contains("Hello, welcome!", mail.Html);
        Assert.Contains("Hello, welcome!", mail.Text);
    }

    [Fact]
    public void A_name_cannot_start_a_new_line()
    {
        var mail = templates.Render("welcome", Model("Anna\r\nBcc: everyone@example.com\u202E"));

        Assert.Equal("Anna  Bcc: everyone@example.com, welcome to Tea & Co", mail.Subject);
        Assert.Contains("Hello Anna Bcc: everyone@example.com, welcome!", mail.Text);
    }

    [Fact]
    public void A_cart_line_without_name_picture_or_page_is_still_shown()
    {
        var mail = templates.Render("abandoned-cart", Model(null, Cart(new CartLine("SKU-7", null, 1, 0))));

        Assert.Equal("You left SKU-7 in your cart", mail.Subject);
        Assert.Contains("SKU-7", mail.Html);
        Assert.DoesNotContain("<img", mail.Html);
        Assert.DoesNotContain("href=\"\"", mail.Html);
    }

    [Fact]
    public void A_huge_cart_is_shortened_and_not_refused()
    {
        var lines = Enumerable.Range(1, 2_000).Select(i => new CartLine($"P{i}", $"Product {i}", 1, 1)).ToArray();

        var mail = templates.Render("abandoned-cart", Model(cart: Cart(lines)));

        Assert.Contains("Product 30<", mail.Html);
        Assert.DoesNotContain("Product 31<", mail.Html);
        Assert.Contains("and 1970 more", mail.Html);
        Assert.Contains("€2,000.00", mail.Html);
    }

    [Fact]
    public void Every_picture_has_a_text_for_those_who_do_not_see_it()
    {
        var cart = Cart(new CartLine("T1", "Green tea", 1, 4.5m, ImageUrl: "https://tea.example/t1.jpg"));

        var mail = templates.Render("abandoned-cart", Model(cart: cart));

        Assert.Contains("src=\"https://tea.example/t1.jpg\" width=\"84\" alt=\"Green tea\"", mail.Html);
        Assert.Contains("lang=\"en\"", mail.Html);
        Assert.Contains("prefers-color-scheme: dark", mail.Html);
    }

    [Theory]
    [InlineData("de", "de", "Hallo Anna, Ihr Warenkorb wartet", "39,00 €")]
    [InlineData("de-AT", "de", "Hallo Anna, Ihr Warenkorb wartet", "39,00 €")]
    [InlineData("fr_FR", "fr", "Bonjour Anna, votre panier vous attend", "39,00 €")]
    [InlineData("en-GB", "en", "Hello Anna, your cart is waiting", "€39.00")]
    [InlineData("ja", "en", "Hello Anna, your cart is waiting", "€39.00")]
    [InlineData(null, "en", "Hello Anna, your cart is waiting", "€39.00")]
    public void A_reader_gets_words_and_amounts_of_the_own_language_or_the_default(
        string? language,
        string locale,
        string greeting,
        string total
    )
    {
        var cart = Cart(new("T1", "Green tea", 2, 4.5m), new("P1", "Teapot", 1, 30));

        var mail = templates.Render("abandoned-cart", Model(cart: cart) with { Language = language });

        Assert.Contains($"lang=\"{locale}\"", mail.Html);
        Assert.Contains(greeting, mail.Text);
        // French writes narrow no-break spaces, German ordinary ones.
        Assert.Contains(total, mail.Text.Replace('\u00A0', ' ').Replace('\u202F', ' '));
    }

    public static TheoryData<string, string> Starters()
    {
        var data = new TheoryData<string, string>();
        foreach (var name in StarterTemplates.All.Where(starter => starter.Value.Kind == TemplateKind.Mail).Select(starter => starter.Key))
        foreach (var locale in new[] { "en", "de", "fr" })
            data.Add(name, locale);
        return data;
    }

    [Fact]
    public void There_are_eleven_starter_mails() => Assert.Equal(33, Starters().Count);

    [Theory]
    [MemberData(nameof(Starters))]
    public void Every_starter_passes_its_own_lint_in_every_language(string name, string locale)
    {
        var model = SampleModel.For(Shop) with { Language = locale };
        var mail = templates.Library.Mail(name, locale);

        var rendered = MailTemplates.Render(mail, model);

        Assert.Equal(locale, mail.Locale);
        Assert.Empty(TemplateLint.Check(new(name, mail.Content, mail, rendered, model, Shop)));
        Assert.DoesNotContain("{{", rendered.Html + rendered.Text + rendered.Subject);
        Assert.NotEmpty(rendered.Subject);
    }

    [Theory]
    [MemberData(nameof(Starters))]
    public void Every_starter_reads_well_for_somebody_of_whom_nothing_is_known(string name, string locale)
    {
        // There is no cart mail without a cart.
        var cart = name == "abandoned-cart" ? Cart(new CartLine("T1", null, 1, 0)) : null;
        var model = new MailModel(Shop, null, cart, [], Unsubscribe) { Language = locale };

        var mail = templates.Render(name, model);

        Assert.NotEmpty(mail.Subject);
        Assert.DoesNotContain("  ", mail.Subject);
        Assert.DoesNotContain("{{", mail.Html + mail.Text + mail.Subject);
    }

    [Fact]
    public void A_template_of_the_shop_replaces_the_starter_of_its_name()
    {
        var own = new Dictionary<string, TemplateContent>
        {
            ["welcome"] = new(TemplateKind.Mail, "<p>Ours, {{ customer.first_name }}</p>", "Our subject"),
        };

        templates.Use(own);
        var mail = templates.Render("welcome", Model());

        Assert.Equal("Our subject", mail.Subject);
        Assert.Contains("Ours, Anna", mail.Html);
        templates.Use(new Dictionary<string, TemplateContent>());
        Assert.Equal("Anna, welcome to Tea & Co", templates.Render("welcome", Model()).Subject);
    }

    [Fact]
    public void A_part_for_a_segment_is_seen_by_its_members_only()
    {
        templates.Use(
            new Dictionary<string, TemplateContent>
            {
                ["vip"] = new(
                    TemplateKind.Mail,
                    "{% if customer.segments contains 'champions' %}<p>For you</p>{% else %}<p>For all</p>{% endif %}",
                    "s"
                ),
            }
        );

        Assert.Contains("For you", templates.Render("vip", Model() with { Segments = ["new", "champions"] }).Html);
        Assert.Contains("For all", templates.Render("vip", Model()).Html);
    }

    [Fact]
    public void A_coupon_is_shown_where_there_is_one_and_leaves_no_hole_where_there_is_none()
    {
        Assert.Contains("TEA-42", templates.Render("welcome", Model() with { CouponCode = "TEA-42" }).Text);
        Assert.DoesNotContain("personal code", templates.Render("welcome", Model()).Text);
    }

    [Fact]
    public void What_a_sender_gives_is_data_and_never_markup_or_a_strange_address()
    {
        var data = System.Text.Json.JsonSerializer.SerializeToElement(
            new
            {
                headline = "<script>alert(1)</script>",
                stories = new[]
                {
                    new
                    {
                        title = "Tea\r\nBcc: x@example.com",
                        text = "a\nb",
                        url = "javascript:alert(1)",
                    },
                },
                subject = "News\r\nBcc: everyone@example.com",
            }
        );

        var mail = templates.Render("newsletter", Model() with { Data = data });

        Assert.DoesNotContain("<script", mail.Html);
        Assert.DoesNotContain("javascript:", mail.Html + mail.Text);
        Assert.DoesNotContain('\n', mail.Subject);
        Assert.DoesNotContain('\r', mail.Subject);
        Assert.Contains("a<br />\nb", mail.Html);
    }

    [Fact]
    public void A_value_that_is_missing_is_taken_from_the_templates_defaults()
    {
        templates.Use(
            new Dictionary<string, TemplateContent>
            {
                ["hello"] = new(
                    TemplateKind.Mail,
                    "<p>Hello {{ customer.first_name }}</p>",
                    "s",
                    Defaults: new Dictionary<string, string> { ["customer.first_name"] = "friend" }
                ),
            }
        );

        Assert.Contains("Hello friend", templates.Render("hello", Model(null)).Html);
        Assert.Contains("Hello Anna", templates.Render("hello", Model()).Html);
    }
}
