using System.Runtime.InteropServices;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>128 bits that stand for a unit's id: two of a billion units fall together with a probability below 10⁻²⁰.</summary>
internal readonly record struct UnitKey(ulong High, ulong Low)
{
    public static UnitKey Of(ReadOnlySpan<char> id)
    {
        var (high, low) = (0x9E3779B97F4A7C15UL ^ (ulong)id.Length, 0xC2B2AE3D27D4EB4FUL);
        var bytes = MemoryMarshal.AsBytes(id);
        while (bytes.Length >= 8)
        {
            Mix(MemoryMarshal.Read<ulong>(bytes), ref high, ref low);
            bytes = bytes[8..];
        }
        var rest = 1UL;
        foreach (var value in bytes)
            rest = rest << 8 | value;
        Mix(rest, ref high, ref low);
        Mix(0x165667B19E3779F9UL, ref high, ref low);
        return new UnitKey(high, low);
    }

    private static void Mix(ulong word, ref ulong high, ref ulong low)
    {
        high = Fold(high ^ word, 0xD6E8FEB86659FD93UL) ^ low;
        low = Fold(low ^ word, 0xA0761D6478BD642FUL) + high;
    }

    private static ulong Fold(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low ^ a;
    }
}
