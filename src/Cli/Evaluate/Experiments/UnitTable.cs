using System.Runtime.InteropServices;

namespace MarketingPlatform.Cli.Evaluate.Experiments;

/// <summary>What is known of a unit once all its rows are.</summary>
internal struct UnitRow
{
    /// <summary>Marks a unit that was seen in several arms.</summary>
    public const int SeveralArms = -1;

    public UnitKey Key;
    public int Arm;
    public int Segment;
    public long Rows;
}

/// <summary>Sums rows up by unit in a bounded amount of memory: when so many units are known that the table is full, what it knows goes to
/// temporary files, one for each part of the keys, and the parts are summed up one after another at the end.</summary>
/// <param name="values">Numbers a row.</param>
/// <param name="most">Units kept in memory.</param>
internal sealed class UnitTable(int values, int most = 1 << 19) : IDisposable
{
    private const int Parts = 64;

    private readonly Dictionary<UnitKey, int> _places = [];
    private UnitRow[] _rows = new UnitRow[1 << 12];
    private double[] _sums = new double[(1 << 12) * values];
    private int _count;
    private FileStream[]? _parts;

    /// <summary>Adds a row to its unit.</summary>
    public void Add(UnitKey key, int arm, int segment, ReadOnlySpan<double> row) =>
        Merge(
            new UnitRow
            {
                Key = key,
                Arm = arm,
                Segment = segment,
                Rows = 1,
            },
            row,
            bounded: true
        );

    /// <summary>Hands out every unit once, in no particular order, and empties the table.</summary>
    public void Drain(Action<UnitRow, ReadOnlySpan<double>> take)
    {
        if (_parts is null)
        {
            HandOut(take);
            return;
        }
        Spill();
        foreach (var part in _parts)
        {
            ReadBack(part);
            HandOut(take);
        }
    }

    public void Dispose()
    {
        foreach (var part in _parts ?? [])
            part.Dispose();
    }

    private void Merge(in UnitRow row, ReadOnlySpan<double> numbers, bool bounded)
    {
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, row.Key, out var known);
        if (known)
        {
            ref var there = ref _rows[place];
            if (there.Arm != row.Arm)
                there.Arm = UnitRow.SeveralArms;
            there.Rows += row.Rows;
            var sums = _sums.AsSpan(place * values, values);
            for (var i = 0; i < values; i++)
                sums[i] += numbers[i];
            return;
        }
        place = _count;
        if (_count == _rows.Length)
        {
            Array.Resize(ref _rows, _rows.Length * 2);
            Array.Resize(ref _sums, _sums.Length * 2);
        }
        _rows[_count] = row;
        numbers.CopyTo(_sums.AsSpan(_count * values));
        _count++;
        if (bounded && _count >= most)
            Spill();
    }

    private void HandOut(Action<UnitRow, ReadOnlySpan<double>> take)
    {
        for (var i = 0; i < _count; i++)
            take(_rows[i], _sums.AsSpan(i * values, values));
        Clear();
    }

    private void Spill()
    {
        _parts ??= [.. Enumerable.Range(0, Parts).Select(_ => Scratch())];
        for (var i = 0; i < _count; i++)
        {
            var part = _parts[_rows[i].Key.Low % Parts];
            part.Write(MemoryMarshal.AsBytes(_rows.AsSpan(i, 1)));
            part.Write(MemoryMarshal.AsBytes(_sums.AsSpan(i * values, values)));
        }
        Clear();
    }

    private void ReadBack(FileStream part)
    {
        var row = new UnitRow[1];
        var numbers = new double[values];
        var bytes = Marshal.SizeOf<UnitRow>() + values * sizeof(double);
        var records = part.Length / bytes;
        part.Position = 0;
        for (; records > 0; records--)
        {
            part.ReadExactly(MemoryMarshal.AsBytes(row.AsSpan()));
            part.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan()));
            Merge(row[0], numbers, bounded: false);
        }
    }

    private void Clear()
    {
        _places.Clear();
        _count = 0;
    }

    private static FileStream Scratch() =>
        new(
            Path.Combine(Path.GetTempPath(), $"marketing-{Guid.CreateVersion7():N}.units"),
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                BufferSize = 1 << 15,
                Options = FileOptions.DeleteOnClose,
            }
        );
}
