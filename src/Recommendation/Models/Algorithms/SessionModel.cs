namespace MarketingPlatform.Recommendation.Models.Algorithms;

/// <summary>What the session model is told. The standard is plain session-kNN.</summary>
/// <param name="Neighbours">Sessions that answer.</param>
/// <param name="Decay">In (0, 1]: how much an item of the history counts of the one after it; 1 does not look at the order.</param>
/// <param name="Nearness">In (0, 1]: how much an item of a neighbour counts a step away from where it meets the history; 1 ignores
/// places.</param>
/// <param name="Rarity">0 or more: exponent of log(sessions / sessions with the item), by which an item's match counts.</param>
internal sealed record SessionParameters(int Neighbours = 100, double Decay = 1, double Nearness = 1, double Rarity = 0);

/// <summary>
/// Next item of an anonymous visit, from the most similar sessions that were seen. Session-kNN: cosine of item sets, an item scores the
/// sum over the neighbours that have it (Jannach and Ludewig, RecSys 2017). With the three decays it is the sequence- and time-aware
/// kind (VS-kNN: Ludewig and Jannach, UMUAI 2018; STAN: Garg et al., SIGIR 2019): the last items looked at decide who is a neighbour,
/// and what the neighbour looked at close to them scores most. Only the newest <see cref="Considered"/> sessions of an item are looked
/// at.
/// </summary>
internal sealed class SessionModel : IRecommender
{
    public const string Session = "session";
    public const string Plain = "sessionknn";
    public const int Considered = 2_000;

    private readonly SessionParameters parameters;
    private readonly int[][] sessions;
    private readonly int[][] sessionsOf;

    /// <param name="data">Each user is a session, in the order of its entries.</param>
    public static SessionModel Train(string algorithm, Interactions data, SessionParameters parameters)
    {
        // Oldest first, so that the end of each item's list are its newest sessions.
        var order = Enumerable.Range(0, data.Users).Where(u => data.Of(u).Length > 0).OrderBy(u => data.Of(u)[^1].At).ToArray();
        return new SessionModel(algorithm, data.Items, Array.ConvertAll(order, u => ItemsOf(data.Of(u))), parameters);
    }

    private SessionModel(string algorithm, int items, int[][] sessions, SessionParameters parameters)
    {
        (Algorithm, Items, this.sessions, this.parameters) = (algorithm, items, sessions, parameters);
        var lists = new List<int>[items];
        for (var session = 0; session < sessions.Length; session++)
        {
            foreach (var item in sessions[session].Distinct())
            {
                (lists[item] ??= []).Add(session);
            }
        }
        sessionsOf = Array.ConvertAll(lists, list => list is null ? [] : list[^Math.Min(list.Count, Considered)..].ToArray());
    }

    public string Algorithm { get; }

    public int Items { get; }

    public void Score(History history, Span<float> scores)
    {
        scores.Clear();
        var weights = Weights(history);
        foreach (var (session, similarity) in Nearest(weights))
        {
            var items = sessions[session];
            var meeting = Meeting(items, weights);
            for (var place = 0; place < items.Length; place++)
            {
                scores[items[place]] += similarity * (float)Math.Pow(parameters.Nearness, Math.Abs(place - meeting));
            }
        }
    }

    /// <summary>The part of each neighbour's vote that an entry brought about by being in its session.</summary>
    public bool Explain(History history, int item, Span<float> contributions)
    {
        contributions.Clear();
        var weights = Weights(history);
        foreach (var (session, similarity) in Nearest(weights))
        {
            var items = sessions[session];
            var vote = 0.0;
            var meeting = Meeting(items, weights);
            for (var place = 0; place < items.Length; place++)
            {
                vote += items[place] == item ? similarity * Math.Pow(parameters.Nearness, Math.Abs(place - meeting)) : 0;
            }
            if (vote == 0)
            {
                continue;
            }
            var met = items.Distinct().Where(weights.ContainsKey).ToArray();
            var sum = met.Sum(i => weights[i]);
            for (var at = 0; at < contributions.Length; at++)
            {
                var own = history.Items[at].Item;
                if (Array.IndexOf(met, own) >= 0)
                {
                    contributions[at] += (float)(vote * weights[own] / sum / Times(history, own));
                }
            }
        }
        return true;
    }

    /// <summary>By the sessions of both.</summary>
    public IReadOnlyList<Neighbour> Similar(int item, int limit)
    {
        var counts = new Dictionary<int, int>();
        foreach (var session in sessionsOf[item])
        {
            foreach (var other in sessions[session].Distinct())
            {
                counts[other] = counts.GetValueOrDefault(other) + 1;
            }
        }
        counts.Remove(item);
        return
        [
            .. counts
                .Select(c => new Neighbour(c.Key, c.Value / MathF.Sqrt((float)sessionsOf[item].Length * sessionsOf[c.Key].Length)))
                .OrderByDescending(n => n.Similarity)
                .ThenBy(n => n.Product)
                .Take(limit),
        ];
    }

    public void Write(BinaryWriter writer)
    {
        writer.Write(Items);
        writer.Write(parameters.Neighbours);
        writer.Write(parameters.Decay);
        writer.Write(parameters.Nearness);
        writer.Write(parameters.Rarity);
        writer.Write(sessions.Length);
        foreach (var session in sessions)
        {
            writer.WriteArray<int>(session);
        }
    }

    public static SessionModel Read(string algorithm, BinaryReader reader)
    {
        var items = reader.ReadInt32();
        var parameters = new SessionParameters(reader.ReadInt32(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble());
        var sessions = new int[reader.ReadInt32()][];
        for (var session = 0; session < sessions.Length; session++)
        {
            sessions[session] = reader.ReadArray<int>();
        }
        return new SessionModel(algorithm, items, sessions, parameters);
    }

    private Dictionary<int, double> Weights(History history)
    {
        var items = ItemsOf(history.Items);
        var weights = new Dictionary<int, double>(items.Length);
        for (var place = 0; place < items.Length; place++)
        {
            var rarity = Math.Log((1.0 + sessions.Length) / (1 + sessionsOf[items[place]].Length));
            // The latest place of an item counts.
            weights[items[place]] =
                Math.Pow(parameters.Decay, items.Length - 1 - place) * Math.Pow(Math.Max(rarity, 1e-3), parameters.Rarity);
        }
        return weights;
    }

    private (int Session, float Similarity)[] Nearest(Dictionary<int, double> weights)
    {
        var sums = new Dictionary<int, double>();
        foreach (var (item, weight) in weights)
        {
            foreach (var session in sessionsOf[item])
            {
                sums[session] = sums.GetValueOrDefault(session) + weight;
            }
        }
        return
        [
            .. sums.Select(s => (s.Key, (float)(s.Value / Math.Sqrt(sessions[s.Key].Length))))
                .OrderByDescending(s => s.Item2)
                .ThenByDescending(s => s.Key)
                .Take(parameters.Neighbours),
        ];
    }

    /// <summary>Where a session meets the history: the place of its item that counts most there.</summary>
    private static int Meeting(int[] items, Dictionary<int, double> weights)
    {
        var (meeting, most) = (0, -1.0);
        for (var place = 0; place < items.Length; place++)
        {
            if (weights.TryGetValue(items[place], out var weight) && weight >= most)
            {
                (meeting, most) = (place, weight);
            }
        }
        return meeting;
    }

    private static int Times(History history, int item)
    {
        var times = 0;
        foreach (var entry in history.Items)
        {
            times += entry.Item == item ? 1 : 0;
        }
        return times;
    }

    private static int[] ItemsOf(ReadOnlySpan<HistoryItem> entries)
    {
        var items = new int[entries.Length];
        for (var at = 0; at < items.Length; at++)
        {
            items[at] = entries[at].Item;
        }
        return items;
    }
}
