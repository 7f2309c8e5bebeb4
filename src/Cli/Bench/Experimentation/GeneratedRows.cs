namespace MarketingPlatform.Cli.Bench.Experimentation;

/// <summary>A CSV file that is never written: a header and then the same few thousand rows over and over, until there were enough.</summary>
internal sealed class GeneratedRows : Stream
{
    private const int RowsPerBlock = 4_096;

    private readonly byte[] _block;
    private readonly int[] _ends;
    private byte[] _current;
    private long _rowsLeft;
    private int _at;
    private int _limit;

    public GeneratedRows(long rows)
    {
        var random = new Random(3);
        using var text = new MemoryStream();
        _ends = new int[RowsPerBlock];
        for (var i = 0; i < RowsPerBlock; i++)
        {
            var bought = random.Next(10) == 0;
            text.Write(random.Next(2) == 0 ? "A,"u8 : "B,"u8);
            text.Write(bought ? "1,"u8 : "0,"u8);
            text.Write(System.Text.Encoding.ASCII.GetBytes(bought ? $"{random.Next(20, 80)}.{random.Next(10, 100)}\n" : "0\n"));
            _ends[i] = (int)text.Length;
        }
        _block = text.ToArray();
        _current = "arm,converted,revenue\n"u8.ToArray();
        (_limit, _rowsLeft) = (_current.Length, rows);
    }

    public override int Read(Span<byte> buffer)
    {
        if (_at == _limit)
        {
            if (_rowsLeft == 0)
                return 0;
            var rows = (int)Math.Min(_rowsLeft, RowsPerBlock);
            (_current, _at, _limit) = (_block, 0, _ends[rows - 1]);
            _rowsLeft -= rows;
        }
        var length = Math.Min(buffer.Length, _limit - _at);
        _current.AsSpan(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
