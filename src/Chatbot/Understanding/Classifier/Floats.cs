namespace MarketingPlatform.Chatbot.Understanding.Classifier;

/// <summary>Weights in a file: half precision, which changes no decision and halves what a stored model takes.</summary>
internal static class Floats
{
    public static void Write(BinaryWriter writer, float[] values)
    {
        writer.Write(values.Length);
        foreach (var value in values)
            writer.Write((Half)value);
    }

    public static float[] Read(BinaryReader reader)
    {
        var values = new float[reader.ReadInt32()];
        for (var i = 0; i < values.Length; i++)
            values[i] = (float)reader.ReadHalf();
        return values;
    }
}
