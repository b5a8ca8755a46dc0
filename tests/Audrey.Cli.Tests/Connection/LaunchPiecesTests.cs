using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Audrey.Cli.Connection;
using Audrey.Core.Documents;
using Audrey.Core.Ids;
using Audrey.Protocol.Version3;

namespace Audrey.Cli.Tests.Connection;

public sealed class LaunchPiecesTests
{
    private static readonly DeployableId Shop = DeployableId.Parse("shop");

    [Fact]
    public void Pieces_contain_every_instance_once_and_in_order_and_their_size_is_limited()
    {
        InstanceConfig[] instances = [.. Enumerable.Range(0, 1_200).Select(i => Instance($"i{i}"))];

        LaunchPiece[] pieces = [.. LaunchPieces.Of(instances)];

        Assert.Equal([512, 512, 176], pieces.Select(piece => piece.Instances.Length));
        Assert.Equal(instances.Select(one => one.Id.Value), pieces.SelectMany(Lines).Select(line => line.Instance!.Id));
    }

    [Fact]
    public void A_piece_ends_early_if_its_instances_are_large()
    {
        var file = new SourceFile { FileName = "start", Contents = new string('x', 700_000) };
        var large = Instance("large") with { Services = [new ServiceConfig { Name = "s", Executable = file }] };

        LaunchPiece[] pieces = [.. LaunchPieces.Of(Enumerable.Repeat(large, 5))];

        Assert.Equal([2, 2, 1], pieces.Select(piece => piece.Instances.Length));
        Assert.All(pieces, piece => Assert.True(piece.Body.Length < 4 * 1024 * 1024));
    }

    [Fact]
    public void Shared_members_are_listed_once_in_each_piece_and_other_members_are_listed_in_their_reference()
    {
        ImmutableArray<InstanceId> members = [.. Enumerable.Range(0, 3).Select(i => InstanceId.Parse($"m{i}"))];
        var instances = Enumerable.Range(0, 600).Select(i => Refer($"i{i}", members)).Append(Refer("last", members[..2]));

        LaunchPiece[] pieces = [.. LaunchPieces.Of(instances)];

        Assert.Equal([513, 90], pieces.Select(piece => Lines(piece).Count));
        foreach (var piece in pieces)
        {
            Assert.Equal(["m0", "m1", "m2"], Lines(piece)[0].Group!.Instances);
            Assert.All(Lines(piece).Skip(1).SkipLast(1), line => Assert.Null(From(line).Instances));
        }

        Assert.Equal(["m0", "m1"], From(Lines(pieces[1])[^1]).Instances);

        static SourceOfValue From(LaunchLine line) => line.Instance!.Services![0].Parameters![0].From!;
    }

    [Fact]
    public void The_two_halves_of_a_piece_together_contain_its_instances()
    {
        var piece = Assert.Single(LaunchPieces.Of(Enumerable.Range(0, 5).Select(i => Refer($"i{i}", [InstanceId.Parse("m")]))));

        LaunchPiece[] halves = [.. LaunchPieces.Halves(piece)];

        Assert.Equal([2, 3], halves.Select(half => half.Instances.Length));
        Assert.Equal(piece.Instances, halves.SelectMany(half => half.Instances));
        Assert.All(halves, half => Assert.NotNull(Lines(half)[0].Group));
    }

    [Fact]
    public void Values_that_are_not_text_are_sent_in_base64()
    {
        byte[] bytes = [0xff, 0, (byte)'\n'];
        var instance = Instance("i") with
        {
            ProvidedParameters = ["open", "hidden"],
            SecretParameters = ["hidden"],
            Services =
            [
                new ServiceConfig
                {
                    Name = "s",
                    Classes = ["sshd"],
                    Parameters =
                    [
                        new ParameterConfig { Name = "bytes", Value = bytes },
                        new ParameterConfig { Name = "text", Value = "a\nü"u8.ToArray(), Secret = true, Type = ParameterType.List },
                        new ParameterConfig
                        {
                            Name = "end", Reference = new(InstanceId.Parse("db"), ReferenceKind.ServiceEnd, "mysql"), Default = bytes,
                        },
                    ],
                },
            ],
        };

        var line = Assert.Single(Lines(Assert.Single(LaunchPieces.Of([instance]))));

        Assert.Equal([null, true], line.Instance!.Provide!.Select(provide => provide.Secret));
        var parameters = line.Instance.Services![0].Parameters!;
        Assert.Equal((null, "/wAK"), (parameters[0].Value, parameters[0].Base64));
        Assert.Equal(("a\nü", null, true, "list"), (parameters[1].Value, parameters[1].Base64, parameters[1].Secret, parameters[1].Type));
        Assert.Equal(("/wAK", "db", "mysql"), (parameters[2].DefaultBase64, parameters[2].From!.Instance, parameters[2].From!.Service));
    }

    private static InstanceConfig Instance(string id) => new()
    {
        Id = InstanceId.Parse(id),
        Name = "web",
        Secret = "secret",
        Deployable = Shop,
        DeployableName = "shop",
    };

    private static InstanceConfig Refer(string id, ImmutableArray<InstanceId> members) => Instance(id) with
    {
        Services =
        [
            new ServiceConfig
            {
                Name = "s",
                Parameters =
                [
                    new ParameterConfig
                    {
                        Name = "all",
                        Type = ParameterType.List,
                        Group = new() { Assembly = "m", Members = members, Kind = ReferenceKind.ProvidedParameter, Name = "ip" },
                    },
                ],
            },
        ],
    };

    private static List<LaunchLine> Lines(LaunchPiece piece) =>
    [
        .. Encoding.UTF8.GetString(piece.Body.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonSerializer.Deserialize(line, Version3Json.Default.LaunchLine)!),
    ];
}
