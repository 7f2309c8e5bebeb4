using System.Globalization;
using Microsoft.Extensions.Options;
using MimeKit;

namespace MarketingPlatform.Email.Sending.Transport;

/// <summary>
/// Writes each mail as <c>date-automation-id.eml</c>. The name is that of the ledger row, and a file appears whole or not at all, so an
/// existing file is a confirmed delivery.
/// </summary>
internal sealed class OutboxFolderTransport(IOptions<EmailOptions> options) : IMailTransport
{
    private static readonly FormatOptions Format = CreateFormat();

    public bool IsIdempotent => true;

    public string? FindDelivered(OutgoingMail mail) => PathOf(mail) is var path && File.Exists(path) ? path : null;

    public async Task<Delivery> DeliverAsync(OutgoingMail mail, MimeMessage message, CancellationToken ct)
    {
        var path = PathOf(mail);
        if (File.Exists(path))
            return new(DeliveryOutcome.Delivered, path);
        var partial = path + ".part";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await using (var file = new FileStream(partial, FileMode.Create, FileAccess.Write, FileShare.None))
            {
                await message.WriteToAsync(Format, file, ct);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: true);
            return new(DeliveryOutcome.Delivered, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new(DeliveryOutcome.Unreachable, $"The outbox folder cannot be written: {e.Message}");
        }
    }

    private string PathOf(OutgoingMail mail) =>
        Path.Combine(
            Path.GetFullPath(options.Value.OutboxDirectory),
            string.Create(CultureInfo.InvariantCulture, $"{mail.CreatedAt:yyyyMMdd'T'HHmmss}-{mail.Automation}-{mail.Id:N}.eml")
        );

    private static FormatOptions CreateFormat()
    {
        var format = FormatOptions.Default.Clone();
        format.NewLineFormat = NewLineFormat.Dos;
        return format;
    }
}
