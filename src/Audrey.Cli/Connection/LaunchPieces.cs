using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Connection;

/// <summary>Some instances of a launch, and the body of the request that registers them: a JSON object on each line.</summary>
/// <param name="Instances">The instances.</param>
/// <param name="Body">The body.</param>
internal sealed record LaunchPiece(ImmutableArray<InstanceConfig> Instances, ReadOnlyMemory<byte> Body);

/// <summary>Splits a deployable into pieces. Each piece is sent as one request.</summary>
internal sealed class LaunchPieces
{
    private const int MaxInstances = 512;

    /// <summary>The size at which a piece is complete, in bytes. By default, servers accept up to 4 MiB.</summary>
    private const int CompleteBytes = 1024 * 1024;

    private readonly ImmutableArray<InstanceConfig>.Builder _instances = ImmutableArray.CreateBuilder<InstanceConfig>();
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly Dictionary<string, ImmutableArray<InstanceId>> _groups = [];
    private readonly InstanceRequests _requests;

    private LaunchPieces() => _requests = new InstanceRequests(
        group => _groups.TryGetValue(group.Assembly, out var members)
            && (members == group.Members || members.AsSpan().SequenceEqual(group.Members.AsSpan())));

    /// <summary>Returns the pieces, in the order of the instances.</summary>
    public static IEnumerable<LaunchPiece> Of(IEnumerable<InstanceConfig> instances)
    {
        var piece = new LaunchPieces();
        foreach (var instance in instances)
        {
            piece.Add(instance);
            if (piece._instances.Count < MaxInstances && piece._body.WrittenCount < CompleteBytes) continue;
            yield return piece.ToPiece();
            piece = new LaunchPieces();
        }

        if (piece._instances.Count > 0) yield return piece.ToPiece();
    }

    /// <summary>Returns the halves of a piece that the server found too large.</summary>
    public static IEnumerable<LaunchPiece> Halves(LaunchPiece piece)
    {
        var middle = piece.Instances.Length / 2;
        return new[] { piece.Instances[..middle], piece.Instances[middle..] }.Select(half =>
        {
            var smaller = new LaunchPieces();
            foreach (var instance in half) smaller.Add(instance);
            return smaller.ToPiece();
        });
    }

    private void Add(InstanceConfig instance)
    {
        foreach (var parameter in instance.Services.SelectMany(service => service.Parameters))
        {
            // The members of a group are listed once in a piece, before the first instance that refers to them.
            if (parameter.Group is not { } group || !_groups.TryAdd(group.Assembly, group.Members)) continue;
            Write(new LaunchLine
            {
                Group = new GroupLine { Assembly = group.Assembly, Instances = InstanceRequests.MembersOf(group.Members) },
            });
        }

        Write(new LaunchLine { Instance = _requests.Of(instance) });
        _instances.Add(instance);
    }

    private LaunchPiece ToPiece() => new(_instances.ToImmutable(), _body.WrittenMemory);

    private void Write(LaunchLine line)
    {
        // The writer does not indent and escapes line feeds, so the object is on one line.
        using (var json = new Utf8JsonWriter(_body)) JsonSerializer.Serialize(json, line, Version3Json.Default.LaunchLine);
        _body.Write("\n"u8);
    }
}
