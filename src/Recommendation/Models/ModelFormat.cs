using System.Runtime.InteropServices;
using System.Text;
using MarketingPlatform.Recommendation.Models.Algorithms;

namespace MarketingPlatform.Recommendation.Models;

/// <summary>
/// Models as bytes: the algorithm's name, then what its <see cref="IRecommender.Write"/> writes; little-endian. No types are named in
/// the bytes, so reading them can run nothing but the readers listed here.
/// </summary>
internal static class ModelFormat
{
    private static readonly Dictionary<string, Func<string, BinaryReader, IRecommender>> Readers = new(StringComparer.Ordinal)
    {
        [NeighbourModel.CoPurchase] = NeighbourModel.Read,
        [NeighbourModel.ItemKnn] = NeighbourModel.Read,
        [NeighbourModel.Rp3Beta] = NeighbourModel.Read,
        [NeighbourModel.Sar] = NeighbourModel.Read,
        [NeighbourModel.Content] = NeighbourModel.Read,
        [LinearAutoencoder.Ease] = DenseItemModel.Read,
        [LinearAutoencoder.Edlae] = DenseItemModel.Read,
        [LinearAutoencoder.Dlae] = DenseItemModel.Read,
        [LinearAutoencoder.Ease + NeighbourModel.SparseSuffix] = NeighbourModel.Read,
        [LinearAutoencoder.Edlae + NeighbourModel.SparseSuffix] = NeighbourModel.Read,
        [LinearAutoencoder.Dlae + NeighbourModel.SparseSuffix] = NeighbourModel.Read,
        [FactorModel.Name] = (_, reader) => FactorModel.Read(reader),
        [PopularityModel.Popular] = PopularityModel.Read,
        [PopularityModel.Trending] = PopularityModel.Read,
        [InterceptModel.Name] = (_, reader) => InterceptModel.Read(reader),
        [FadingModel.Name] = (_, reader) => FadingModel.Read(reader),
        [PersonalModel.Name] = (_, reader) => PersonalModel.Read(reader),
        [NeighbourUsers.Name] = (_, reader) => NeighbourUsers.Read(reader),
        [SessionModel.Session] = SessionModel.Read,
        [SessionModel.Plain] = SessionModel.Read,
        [Blend.Name] = (_, reader) => Blend.Read(reader),
    };

    public static void Write(Stream stream, IRecommender model)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        Write(writer, model);
    }

    public static IRecommender Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        return Read(reader);
    }

    /// <summary>For a model inside of another one.</summary>
    public static void Write(BinaryWriter writer, IRecommender model)
    {
        writer.Write(model.Algorithm);
        model.Write(writer);
    }

    public static IRecommender Read(BinaryReader reader)
    {
        var algorithm = reader.ReadString();
        return Readers.TryGetValue(algorithm, out var read)
            ? read(algorithm, reader)
            : throw new InvalidDataException($"This version of the platform cannot read a model of the kind '{algorithm}'.");
    }

    public static void WriteArray<T>(this BinaryWriter writer, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        writer.Write(values.Length);
        writer.Write(MemoryMarshal.AsBytes(values));
    }

    public static T[] ReadArray<T>(this BinaryReader reader)
        where T : unmanaged
    {
        var values = new T[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }
}
