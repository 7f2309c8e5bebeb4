namespace MarketingPlatform.Customers.Identity;

/// <summary>A name under which a customer is known.</summary>
internal readonly record struct Identifier(string Kind, string Value)
{
    public const string UserIdKind = "user_id";
    public const string AnonymousIdKind = "anonymous_id";
    public const string EmailKind = "email";
    public const string PhoneKind = "phone";

    public static Identifier User(string value) => new(UserIdKind, value);

    public static Identifier Anonymous(string value) => new(AnonymousIdKind, value);
}

/// <summary>Two customers that proved to be one.</summary>
internal readonly record struct Merge(Guid From, Guid Into, DateTimeOffset At);

/// <summary>What the database says of a customer whom an identifier led to.</summary>
internal readonly record struct SeenBefore(string? UserId, DateTimeOffset FirstSeenAt, DateTimeOffset LastSeenAt);

/// <summary>
/// Who is who, while a set of calls is stored: starts from what the database knows of the identifiers in the set, decides call by call,
/// and remembers what is new. No I/O.
/// </summary>
/// <remarks>
/// A user id names one person. An anonymous id names a browser: it joins the person who identifies there, unless it already belongs to
/// somebody with another user id (a shared device), who keeps it. Addresses and phone numbers stand between the two: they lead to a person
/// who gave no user id, and never join two people who have one each. Nobody gets more values of a kind than <see cref="IdentityRules"/> says.
/// Customers whose merge was undone are joined only by an alias.
/// </remarks>
internal sealed class IdentityMap(
    IReadOnlyDictionary<Identifier, Guid> known,
    IReadOnlySet<Guid> withUserId,
    Func<Guid> newId,
    IReadOnlySet<(Guid, Guid)>? keptApart = null
)
{
    private readonly Dictionary<Identifier, Guid> customers = new(known);
    private readonly HashSet<Guid> named = [.. withUserId];
    private readonly Dictionary<Identifier, Guid> added = [];
    private readonly HashSet<Guid> created = [];
    private readonly List<Merge> merges = [];

    /// <summary>The customers who were known when the set began.</summary>
    public IReadOnlyDictionary<Guid, SeenBefore> Seen { get; init; } = new Dictionary<Guid, SeenBefore>();

    /// <summary>How many values of each kind the known customers have.</summary>
    public Dictionary<(Guid Customer, string Kind), int> Values { get; init; } = [];

    public IReadOnlyDictionary<Identifier, Guid> Added => added;

    public IReadOnlySet<Guid> Created => created;

    /// <summary>In the order decided; a customer that was created and folded within the set appears here too.</summary>
    public IReadOnlyList<Merge> Merges => merges;

    /// <summary>The customer whom a call with these ids belongs to; makes one where nobody is known.</summary>
    /// <param name="contacts">Addresses and numbers that the call names the person by, strongest first.</param>
    public Guid Resolve(string? userId, string? anonymousId, DateTimeOffset at, IReadOnlyList<Identifier>? contacts = null)
    {
        var user = userId is null ? (Identifier?)null : Identifier.User(userId);
        var anonymous = anonymousId is null ? (Identifier?)null : Identifier.Anonymous(anonymousId);
        var byUser = Find(user);
        var byAnonymous = Find(anonymous);
        var byContact = (contacts ?? []).Select(contact => Find(contact)).Where(found => found is not null).ToArray();
        Guid person;
        if (user is null)
            person = byContact.FirstOrDefault() ?? byAnonymous ?? Create();
        else if (byUser is { } known)
            person = known;
        else
        {
            person = byContact.Append(byAnonymous).FirstOrDefault(found => found is { } id && !named.Contains(id)) ?? Create();
            Link(user.Value, person);
        }
        foreach (var contact in contacts ?? [])
            Join(contact, Find(contact), person, at);
        if (anonymous is { } device)
            Join(device, Find(device), person, at);
        return Current(person);
    }

    /// <summary>An alias states that two ids are one person, whatever they belong to now.</summary>
    /// <param name="current">A user id; an anonymous id where nothing better is known.</param>
    public Guid Alias(string previousId, Identifier current, DateTimeOffset at)
    {
        var previous = new[] { Identifier.Anonymous(previousId), Identifier.User(previousId) };
        var before = previous.Select(id => Find(id)).FirstOrDefault(found => found is not null);
        var person =
            Find(current) ?? Link(current, before is { } p && (current.Kind != Identifier.UserIdKind || !named.Contains(p)) ? p : Create());
        if (before is null)
            Link(previous[0], person);
        else if (before != person)
            Fold(before.Value, person, at);
        return Current(person);
    }

    /// <summary>Where an id leads after all merges of this set.</summary>
    public Guid Current(Guid id)
    {
        foreach (var merge in merges)
            if (merge.From == id)
                id = merge.Into;
        return id;
    }

    private void Join(Identifier device, Guid? owner, Guid person, DateTimeOffset at)
    {
        person = Current(person);
        if (owner is null)
        {
            if (CountOf(person, device.Kind) < IdentityRules.MostOf(device.Kind))
                Link(device, person);
        }
        else if (
            owner != person
            && !named.Contains(owner.Value)
            && keptApart?.Contains((owner.Value, person)) != true
            && IdentityRules.Kinds.All(kind => CountOf(owner.Value, kind) + CountOf(person, kind) <= IdentityRules.MostOf(kind))
        )
            Fold(owner.Value, person, at);
    }

    private long CountOf(Guid customer, string kind) => Values.GetValueOrDefault((customer, kind));

    private Guid? Find(Identifier? id) => id is { } wanted && customers.TryGetValue(wanted, out var found) ? Current(found) : null;

    private Guid Create()
    {
        var id = newId();
        created.Add(id);
        return id;
    }

    private Guid Link(Identifier id, Guid customer)
    {
        customers[id] = customer;
        added[id] = customer;
        Values[(customer, id.Kind)] = Values.GetValueOrDefault((customer, id.Kind)) + 1;
        if (id.Kind == Identifier.UserIdKind)
            named.Add(customer);
        return customer;
    }

    private void Fold(Guid from, Guid into, DateTimeOffset at)
    {
        merges.Add(new Merge(from, into, at));
        foreach (var kind in IdentityRules.Kinds)
            if (Values.Remove((from, kind), out var count))
                Values[(into, kind)] = Values.GetValueOrDefault((into, kind)) + count;
        if (named.Contains(from))
            named.Add(into);
    }
}
