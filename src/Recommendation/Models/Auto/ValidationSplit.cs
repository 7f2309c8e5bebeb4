namespace MarketingPlatform.Recommendation.Models.Auto;

/// <summary>A user whose hidden entries a model has to foretell from the others.</summary>
/// <param name="History">What the model may see.</param>
/// <param name="Hidden">Items; with repeats these may be in the history as well.</param>
/// <param name="Now">When the answer is asked for, Unix seconds; 0 where no time is known.</param>
internal sealed record ValidationUser(HistoryItem[] History, IReadOnlySet<int> Hidden, long Now);

/// <summary>What is hidden from a model that is measured.</summary>
internal enum HiddenPart
{
    /// <summary>A fifth of each user's entries, drawn: what a user likes, whenever.</summary>
    Random,

    /// <summary>The newest entry: what comes next.</summary>
    Last,

    /// <summary>All entries of the newest time: the next basket, with what was bought before.</summary>
    LastBasket,
}

/// <summary>Training data cut in two, inside of the training data: to learn from, and to choose by.</summary>
/// <param name="Fitting">All users; those of the validation without what is hidden.</param>
internal sealed record ValidationSplit(Interactions Fitting, IReadOnlyList<ValidationUser> Users)
{
    public const double HiddenShare = 0.2;

    /// <param name="maxUsers">Of more users, a random part of so many is measured and loses entries.</param>
    /// <param name="newsSince">Unix seconds: users who did something later are taken before others.</param>
    public static ValidationSplit Of(Interactions data, HiddenPart part, int maxUsers, int seed, long newsSince = long.MaxValue)
    {
        var random = new Random(seed);
        var able = Enumerable.Range(0, data.Users).Where(u => CanHide(data.Of(u), part)).ToArray();
        random.Shuffle(able);
        var chosen = able.OrderByDescending(u => data.Of(u)[^1].At > newsSince).Take(maxUsers).ToHashSet();
        var users = new List<ValidationUser>(chosen.Count);
        var fitting = new HistoryItem[data.Users][];
        for (var user = 0; user < data.Users; user++)
        {
            var own = data.Of(user).ToArray();
            fitting[user] = own;
            if (chosen.Contains(user))
            {
                var hidden = Hide(own, part, random);
                fitting[user] = [.. own.Where((_, at) => !hidden[at])];
                var gone = own.Where((_, at) => hidden[at]).ToArray();
                users.Add(new ValidationUser(fitting[user], gone.Select(e => e.Item).ToHashSet(), gone.Max(e => e.At)));
            }
        }
        return new ValidationSplit(Interactions.Of(fitting, data.Items), users);
    }

    private static bool CanHide(ReadOnlySpan<HistoryItem> own, HiddenPart part) =>
        part == HiddenPart.LastBasket ? own.Length > 1 && own[0].At != own[^1].At : own.Length > 1;

    private static bool[] Hide(HistoryItem[] own, HiddenPart part, Random random)
    {
        var hidden = new bool[own.Length];
        switch (part)
        {
            case HiddenPart.Last:
                hidden[^1] = true;
                break;
            case HiddenPart.LastBasket:
                for (var at = 0; at < own.Length; at++)
                {
                    hidden[at] = own[at].At == own[^1].At;
                }
                break;
            default:
                var order = Enumerable.Range(0, own.Length).ToArray();
                random.Shuffle(order);
                // Rounded by chance, so that short histories lose their share too; at least one goes, one stays.
                var count = (int)((own.Length * HiddenShare) + random.NextDouble());
                foreach (var at in order.Take(Math.Clamp(count, 1, own.Length - 1)))
                {
                    hidden[at] = true;
                }
                break;
        }
        return hidden;
    }
}
