using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Cryptography;

namespace MarketingPlatform.Email.Deliverability;

/// <summary>A key that signs our mails; bound from <c>Email:Dkim:{n}</c>.</summary>
internal sealed class DkimOptions
{
    /// <value>The signing domain, best that of the sender's address.</value>
    public string Domain { get; init; } = "";

    /// <value>The public key lies in DNS at SELECTOR._domainkey.DOMAIN.</value>
    public string Selector { get; init; } = "";

    /// <value>PEM file with the private key, RSA (2048 bit or more) or Ed25519 (RFC 8463).</value>
    public string PrivateKeyFile { get; init; } = "";
}

/// <summary>
/// Signs with every configured key (RFC 6376): one of RSA that everybody verifies, and where wished one of Ed25519 beside it.
/// </summary>
internal sealed class DkimKeys(IOptions<EmailOptions> options)
{
    // RFC 8058 wants both unsubscribe headers signed.
    private static readonly HeaderId[] Signed =
    [
        HeaderId.From,
        HeaderId.To,
        HeaderId.Subject,
        HeaderId.Date,
        HeaderId.MessageId,
        HeaderId.ReplyTo,
        HeaderId.MimeVersion,
        HeaderId.ContentType,
        HeaderId.ListUnsubscribe,
        HeaderId.ListUnsubscribePost,
    ];

    private readonly DkimSigner[] signers = [.. options.Value.Dkim.Select(Read)];

    /// <summary>Signs in the order of configuration; the mail must not change afterwards.</summary>
    public void Sign(MimeMessage message)
    {
        if (signers.Length == 0)
            return;
        // Relays may turn 8-bit parts into others and break the signature.
        message.Prepare(EncodingConstraint.SevenBit);
        foreach (var signer in signers)
            lock (signer)
                signer.Sign(message, [.. Signed.Where(message.Headers.Contains)]);
    }

    /// <exception cref="InvalidOperationException">The file is missing or holds no key; the message says what to do.</exception>
    internal static DkimSigner Read(DkimOptions key)
    {
        try
        {
            var signer = new DkimSigner(key.PrivateKeyFile, key.Domain, key.Selector)
            {
                HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
                BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed,
            };
            signer.SignatureAlgorithm = IsEd25519(key.PrivateKeyFile)
                ? DkimSignatureAlgorithm.Ed25519Sha256
                : DkimSignatureAlgorithm.RsaSha256;
            return signer;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentException)
        {
            throw new InvalidOperationException(
                $"Email:Dkim: the private key {key.PrivateKeyFile} of {key.Selector}._domainkey.{key.Domain} cannot be read ({e.Message}). "
                    + "Give a PEM file: openssl genpkey -algorithm ed25519, or -algorithm rsa -pkeyopt rsa_keygen_bits:2048.",
                e
            );
        }
    }

    private static bool IsEd25519(string file)
    {
        using var reader = new StreamReader(file);
        var key = new Org.BouncyCastle.OpenSsl.PemReader(reader).ReadObject();
        return key is Org.BouncyCastle.Crypto.Parameters.Ed25519PrivateKeyParameters;
    }
}
