using System.Collections.Concurrent;
using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using MimeKit;
using MimeKit.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.OpenSsl;

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

    private static readonly FormatOptions International = new() { International = true };

    private readonly SigningKey[] keys = [.. options.Value.Dkim.Select(SigningKey.Read)];

    /// <summary>Signs in the order of configuration; the mail must not change afterwards.</summary>
    public void Sign(MimeMessage message)
    {
        if (keys.Length == 0)
            return;
        // Relays may turn 8-bit parts into others and break the signature.
        message.Prepare(EncodingConstraint.SevenBit);
        HeaderId[] headers = [.. Signed.Where(message.Headers.Contains)];
        // Headers are signed in the letters in which they will travel.
        var format = message.To.Mailboxes.Any(to => !System.Text.Ascii.IsValid(to.LocalPart)) ? International : FormatOptions.Default;
        foreach (var key in keys)
            key.Sign(format, message, headers);
    }
}

/// <summary>One key. Signers are lent to one mail at a time, so that mails do not wait for each other.</summary>
internal sealed class SigningKey
{
    private readonly ConcurrentBag<DkimSigner> idle = [];
    private readonly Func<DkimSigner> create;

    private SigningKey(Func<DkimSigner> create)
    {
        this.create = create;
        idle.Add(create());
    }

    /// <exception cref="InvalidOperationException">The file is missing or holds no key; the message says what to do.</exception>
    public static SigningKey Read(DkimOptions options)
    {
        try
        {
            var pem = File.ReadAllText(options.PrivateKeyFile);
            using var reader = new StringReader(pem);
            AsymmetricKeyParameter? key = new PemReader(reader).ReadObject() switch
            {
                AsymmetricCipherKeyPair pair => pair.Private,
                AsymmetricKeyParameter { IsPrivate: true } single => single,
                _ => throw new InvalidDataException("it holds no private key"),
            };
            return key is Ed25519PrivateKeyParameters
                ? new(() => Describe(new DkimSigner(key, options.Domain, options.Selector, DkimSignatureAlgorithm.Ed25519Sha256)))
                : new(() => Describe(new NativeRsaSigner(pem, key, options.Domain, options.Selector)));
        }
        catch (Exception e)
            when (e is IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or PemException)
        {
            throw new InvalidOperationException(
                $"Email:Dkim: the private key {options.PrivateKeyFile} of {options.Selector}._domainkey.{options.Domain} cannot be read "
                    + $"({e.Message}). Give a PEM file: openssl genpkey -algorithm ed25519, or -algorithm rsa -pkeyopt rsa_keygen_bits:2048.",
                e
            );
        }
    }

    public void Sign(FormatOptions format, MimeMessage message, IList<HeaderId> headers)
    {
        var signer = idle.TryTake(out var free) ? free : create();
        signer.Sign(format, message, headers);
        idle.Add(signer);
    }

    private static DkimSigner Describe(DkimSigner signer)
    {
        signer.HeaderCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed;
        signer.BodyCanonicalizationAlgorithm = DkimCanonicalizationAlgorithm.Relaxed;
        return signer;
    }
}

/// <summary>RSA by the system's library: an RSA signature in managed code costs ten times as much.</summary>
internal sealed class NativeRsaSigner : DkimSigner
{
    private readonly RSA rsa = RSA.Create();

    public NativeRsaSigner(string pem, AsymmetricKeyParameter key, string domain, string selector)
        : base(key, domain, selector, DkimSignatureAlgorithm.RsaSha256) => rsa.ImportFromPem(pem);

    protected override ISigner CreateSigningContext() => new Context(rsa);

    private sealed class Context(RSA rsa) : ISigner
    {
        private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        public string AlgorithmName => "SHA-256withRSA";

        public void Init(bool forSigning, ICipherParameters parameters) { }

        public void Update(byte input) => hash.AppendData([input]);

        public void BlockUpdate(byte[] input, int inOff, int inLen) => hash.AppendData(input, inOff, inLen);

        public void BlockUpdate(ReadOnlySpan<byte> input) => hash.AppendData(input);

        public int GetMaxSignatureSize() => rsa.KeySize / 8;

        public byte[] GenerateSignature() => rsa.SignHash(hash.GetHashAndReset(), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

        public bool VerifySignature(byte[] signature) => throw new NotSupportedException("This one signs.");

        public void Reset() => hash.GetHashAndReset();
    }
}
