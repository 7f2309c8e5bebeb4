namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>A text as the models see it: the features that are not 0. Indices ascend.</summary>
internal readonly record struct SparseRow(int[] Index, float[] Value)
{
    public static readonly SparseRow Empty = new([], []);

    /// <summary>The inner product with a dense vector that has an entry for every feature.</summary>
    public float Dot(ReadOnlySpan<float> dense)
    {
        var sum = 0f;
        for (var k = 0; k < Index.Length; k++)
            sum += Value[k] * dense[Index[k]];
        return sum;
    }

    public void AddTo(Span<float> dense, float factor)
    {
        for (var k = 0; k < Index.Length; k++)
            dense[Index[k]] += factor * Value[k];
    }

    public float SquaredLength
    {
        get
        {
            var sum = 0f;
            foreach (var v in Value)
                sum += v * v;
            return sum;
        }
    }
}
