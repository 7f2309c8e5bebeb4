using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace MarketingPlatform.Architecture.Tests.Rules;

/// <summary>What an assembly uses of others, read from its metadata: what was compiled counts, not what a project file hopes for.</summary>
/// <param name="References">Names of the assemblies that it refers to.</param>
/// <param name="Types">Full names of foreign types.</param>
/// <param name="Members">Foreign members as <c>Namespace.Type.Member/number of parameters</c>.</param>
internal sealed record Compiled(string Name, IReadOnlySet<string> References, IReadOnlySet<string> Types, IReadOnlySet<string> Members)
{
    public static Compiled Of(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        return new Compiled(
            assembly.GetName().Name!,
            metadata.AssemblyReferences.Select(h => metadata.GetString(metadata.GetAssemblyReference(h).Name)).ToHashSet(),
            metadata.TypeReferences.Select(h => NameOf(metadata, h)).ToHashSet(),
            metadata.MemberReferences.Select(h => NameOf(metadata, metadata.GetMemberReference(h))).OfType<string>().ToHashSet()
        );
    }

    private static string NameOf(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        var name = metadata.GetString(type.Name);
        return type.ResolutionScope.Kind == HandleKind.TypeReference
            ? NameOf(metadata, (TypeReferenceHandle)type.ResolutionScope) + "." + name
            : $"{metadata.GetString(type.Namespace)}.{name}";
    }

    private static string? NameOf(MetadataReader metadata, MemberReference member)
    {
        var parent = member.Parent.Kind switch
        {
            HandleKind.TypeReference => (TypeReferenceHandle)member.Parent,
            HandleKind.TypeSpecification => OpenTypeOf(metadata, (TypeSpecificationHandle)member.Parent),
            _ => default,
        };
        return parent.IsNil ? null : $"{NameOf(metadata, parent)}.{metadata.GetString(member.Name)}/{ParametersOf(metadata, member)}";
    }

    /// <summary><c>Task`1</c> of <c>Task&lt;int&gt;</c> (ECMA-335, II.23.2.12: GENERICINST, CLASS or VALUETYPE, the type).</summary>
    private static TypeReferenceHandle OpenTypeOf(MetadataReader metadata, TypeSpecificationHandle handle)
    {
        var signature = metadata.GetBlobReader(metadata.GetTypeSpecification(handle).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return default;
        signature.ReadByte();
        var type = signature.ReadTypeHandle();
        return type.Kind == HandleKind.TypeReference ? (TypeReferenceHandle)type : default;
    }

    private static int ParametersOf(MetadataReader metadata, MemberReference member)
    {
        var signature = metadata.GetBlobReader(member.Signature);
        var header = signature.ReadSignatureHeader();
        if (header.Kind != SignatureKind.Method)
            return 0;
        if (header.IsGeneric)
            signature.ReadCompressedInteger();
        return signature.ReadCompressedInteger();
    }
}
