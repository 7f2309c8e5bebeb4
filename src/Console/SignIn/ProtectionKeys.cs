using System.Xml.Linq;
using Dapper;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;
using Microsoft.Extensions.Options;

namespace MarketingPlatform.Console.SignIn;

/// <summary>
/// Keeps the keys of cookies and forms in the database, so that every instance reads what another wrote and a restart ends no session. The
/// framework asks as soon as the host starts and must not hold it up: it asks again when somebody needs a key, often while a page is drawn.
/// </summary>
internal sealed class ProtectionKeys(ConsoleDatabase database) : IXmlRepository
{
    public IReadOnlyCollection<XElement> GetAllElements()
    {
        using var connection = database.Open();
        return [.. connection.Query<string>("select xml from protection_keys").Select(XElement.Parse)];
    }

    public void StoreElement(XElement element, string friendlyName)
    {
        using var connection = database.Open();
        connection.Execute(
            "insert into protection_keys (name, xml) values (@Name, @Xml) on conflict (name) do update set xml = excluded.xml",
            new { Name = friendlyName, Xml = element.ToString(SaveOptions.DisableFormatting) }
        );
    }
}

internal sealed class UseProtectionKeys(ConsoleDatabase database) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) => options.XmlRepository = new ProtectionKeys(database);
}
