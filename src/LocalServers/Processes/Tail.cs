namespace MarketingPlatform.LocalServers.Processes;

/// <summary>The last lines that a process wrote: enough to say why it ended.</summary>
internal sealed class Tail(int lines, Action<string>? onLine = null)
{
    private readonly Queue<string> _kept = new();

    public async Task DrainAsync(StreamReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                Add(line);
            }
        }
        catch (Exception closed) when (closed is IOException or ObjectDisposedException)
        {
            // The process handle was disposed of while the process lives on.
        }
    }

    public override string ToString()
    {
        lock (_kept)
        {
            return string.Join('\n', _kept);
        }
    }

    private void Add(string line)
    {
        lock (_kept)
        {
            _kept.Enqueue(line);
            if (_kept.Count > lines)
            {
                _kept.Dequeue();
            }
        }

        onLine?.Invoke(line);
    }
}
