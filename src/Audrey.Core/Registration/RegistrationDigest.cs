using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Audrey.Core.Documents;
using Audrey.Core.Ids;

namespace Audrey.Core.Registration;

/// <summary>
/// The SHA-256 of all data that is registered with a deployable. The order of the instances does not matter. Each string is preceded by its
/// length and each list by its count, so that two different registrations cannot produce the same bytes.
/// </summary>
public sealed class RegistrationDigest : IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    // The instances of one assembly share their groups.
    private readonly Dictionary<ImmutableArray<InstanceId>, byte[]> _members = [];

    private RegistrationDigest()
    {
    }

    /// <summary>Returns the digest as lower-case hexadecimal digits.</summary>
    public static string Compute(IEnumerable<InstanceConfig> instances, TimeSpan? deadline)
    {
        using var digest = new RegistrationDigest();
        digest.Add(deadline?.Ticks ?? -1);
        foreach (var instance in instances.OrderBy(instance => instance.Id.Value, StringComparer.Ordinal)) digest.Add(instance);
        return Convert.ToHexStringLower(digest._hash.GetHashAndReset());
    }

    public void Dispose() => _hash.Dispose();

    private void Add(InstanceConfig instance)
    {
        Add(instance.Id.Value);
        Add(instance.Name);
        Add(instance.Secret);
        Add(instance.Type);
        Add(instance.Deployable.Value);
        Add(instance.DeployableName);
        Add(instance.Template);
        AddAll(instance.ProvidedParameters, Add);
        AddAll(instance.SecretParameters, Add);
        // In one number with the ordinal, so that the digests of instances that do not say whether their guests stay remain the same.
        var stay = instance.Stay switch { null => 0L, false => 1L << 40, true => 1L << 41 };
        Add((instance.IsPrototype ? -2 : instance.Ordinal ?? -1) + stay);
        AddAll(instance.Services, Add);

        // Only if there are any, so that the digests of other instances remain the same.
        if (!instance.ProvidedFacts.IsDefaultOrEmpty) AddAll(instance.ProvidedFacts, Add);
    }

    private void Add(ProvidedFact provided)
    {
        Add(provided.Parameter);
        Add(provided.Fact.ToString());
    }

    private void Add(ServiceConfig service)
    {
        Add(service.Name);
        AddAll(service.Classes, Add);
        AddAll(service.Parameters, Add);
        Add(service.Executable);
        AddAll(service.Files, Add);
    }

    private void Add(ParameterConfig parameter)
    {
        Add(parameter.Name);
        Add(parameter.Value);
        Add(parameter.Reference is null ? 0 : 1);
        if (parameter.Reference is { } reference)
        {
            Add(reference.Provider.Value);
            Add((long)reference.Kind);
            Add(reference.Name);
        }

        Add(parameter.Group is null ? 0 : 1);
        if (parameter.Group is { } group) Add(group);
        Add(parameter.Default);
        Add(parameter.Secret ? 1 : 0);

        // In one number with the type, so that the digests of parameters without a policy stay the same.
        Add((long)parameter.Type + (16 * (long)parameter.OnFailed));
    }

    private void Add(GroupReference group)
    {
        Add(group.Assembly);
        Add(DigestOf(group.Members));
        Add((long)group.Kind);
        Add(group.Name);
        Add(group.First ?? -1);
        Add(group.AtLeast ?? -1);
    }

    private byte[] DigestOf(ImmutableArray<InstanceId> members)
    {
        if (_members.TryGetValue(members, out var known)) return known;
        using var digest = new RegistrationDigest();
        digest.AddAll(members, member => digest.Add(member.Value));
        return _members[members] = digest._hash.GetHashAndReset();
    }

    private void Add(SourceFile? source)
    {
        Add(source is null ? 0 : 1);
        if (source is null) return;
        Add(source.Url);
        Add(source.FileName);
        Add(source.Contents);
    }

    private void AddAll<T>(ImmutableArray<T> items, Action<T> add)
    {
        Add(items.Length);
        foreach (var item in items) add(item);
    }

    private void Add(string? text) => Add(text is null ? null : Encoding.UTF8.GetBytes(text));

    private void Add(byte[]? bytes)
    {
        Add(bytes?.Length ?? -1);
        if (bytes is not null) _hash.AppendData(bytes);
    }

    private void Add(long number)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
        _hash.AppendData(bytes);
    }
}
