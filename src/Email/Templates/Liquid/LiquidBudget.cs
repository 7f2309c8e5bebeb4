using System.Diagnostics;
using DotLiquid;

namespace MarketingPlatform.Email.Templates.Liquid;

/// <summary>What one rendering may still spend: time, rounds of all its loops together, and how deep partials may nest.</summary>
/// <remarks>What is no loop and no partial takes time in proportion to the template, whose length is limited.</remarks>
internal sealed class LiquidBudget(int rounds, TimeSpan time)
{
    private const string Register = "budget";
    private const int MaxDepth = 20;

    private int left = rounds;
    private int depth;
    private readonly long started = Stopwatch.GetTimestamp();

    public static LiquidBudget Of(Context context) => (LiquidBudget)context.Registers[Register];

    public void Attach(Context context) => context.Registers[Register] = this;

    /// <exception cref="LiquidLimitException">The rounds are spent.</exception>
    public void Spend(int rounds)
    {
        left -= rounds;
        if (left < 0)
            throw new LiquidLimitException("its loops go round too often");
    }

    /// <exception cref="LiquidLimitException">The time is spent.</exception>
    public void CheckTime()
    {
        if (Stopwatch.GetElapsedTime(started) > time)
            throw new LiquidLimitException($"it takes longer than {time.TotalSeconds} s");
    }

    public void Enter()
    {
        CheckTime();
        if (++depth > MaxDepth)
            throw new LiquidLimitException($"its partials nest deeper than {MaxDepth}");
    }

    public void Leave() => depth--;

    /// <summary>A list of what a loop walks over, paid for before it is made.</summary>
    public List<object?> Take(System.Collections.IEnumerable items)
    {
        var list = new List<object?>();
        foreach (var item in items)
        {
            if (list.Count > left)
                throw new LiquidLimitException("its loops go round too often");
            list.Add(item is KeyValuePair<string, object> or System.Collections.DictionaryEntry ? Pair(item) : item);
        }
        return list;
    }

    private static List<object?> Pair(object item) => LiquidValues.Pair(item) is var (key, value) ? [key, value] : [];
}

/// <summary>A rendering passed a limit.</summary>
internal sealed class LiquidLimitException(string message) : Exception(message);
