using MarketingPlatform.Email.Templates;
using Xunit;

namespace MarketingPlatform.Email.Tests.Templates;

public class MoneyTests
{
    [Theory]
    [InlineData("12.5", "EUR", "€12.50")]
    [InlineData("1234.5", "USD", "$1,234.50")]
    [InlineData("1200", "JPY", "¥1,200")]
    [InlineData("12.5", "CHF", "12.50 CHF")]
    [InlineData("1.2345", "KWD", "1.235 KWD")]
    [InlineData("-3", "gbp", "-£3.00")]
    [InlineData("0", "EUR", "€0.00")]
    public void An_amount_reads_as_its_currency_is_written(string amount, string currency, string expected) =>
        Assert.Equal(expected, Money.Format(decimal.Parse(amount, System.Globalization.CultureInfo.InvariantCulture), currency));
}
