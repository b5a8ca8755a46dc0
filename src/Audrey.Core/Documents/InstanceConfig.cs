using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Documents;

/// <summary>What a conductor registers for one instance: who it is, what it provides, which services it runs with which parameters.</summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceConfig")]
public sealed record InstanceConfig
{
    /// <summary>The instance's UUID.</summary>
    [Id(0)] public required InstanceId Id { get; init; }

    /// <summary>Name of the assembly that the instance was launched from.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The secret that the guest signs with.</summary>
    [Id(2)] public required string Secret { get; init; }

    /// <summary>Free text of the document's <c>type</c> attribute.</summary>
    [Id(3)] public string? Type { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    [Id(4)] public required DeployableId Deployable { get; init; }

    /// <summary>Name of the deployable.</summary>
    [Id(5)] public required string DeployableName { get; init; }

    /// <summary>Name of the template, when the document has one.</summary>
    [Id(6)] public string? Template { get; init; }

    /// <summary>Names of the values that the guest gives once it has booted, in document order.</summary>
    [Id(7)] public ImmutableArray<string> ProvidedParameters { get; init; } = [];

    /// <summary>The instance's services, in document order.</summary>
    [Id(8)] public ImmutableArray<ServiceConfig> Services { get; init; } = [];

    /// <summary>Those of <see cref="ProvidedParameters"/> whose values must be shown to nobody but those that need them.</summary>
    [Id(9)] public ImmutableArray<string> SecretParameters { get; init; } = [];

    /// <summary>The instance's place in its group, from 0, when its assembly is a group; else null.</summary>
    [Id(10)] public int? Ordinal { get; init; }

    /// <summary>The other instances that values are expected of, each once.</summary>
    public IEnumerable<InstanceId> Providers =>
        Services.SelectMany(service => service.Parameters).SelectMany(parameter => parameter.Providers).Distinct().Where(provider => provider != Id);

    /// <summary>The same configuration where references to a group stand for other instances; this one when nothing of it refers to the group, or does already.</summary>
    public InstanceConfig WithGroup(string assembly, ImmutableArray<InstanceId> members)
    {
        if (!Services.Any(service => service.Parameters.Any(Differs))) return this;
        return this with
        {
            Services =
            [
                .. Services.Select(service => service with
                {
                    Parameters =
                        [.. service.Parameters.Select(parameter => Differs(parameter) ? parameter with { Group = parameter.Group! with { Members = members } } : parameter)],
                }),
            ],
        };

        bool Differs(ParameterConfig parameter) =>
            parameter.Group is { } group && group.Assembly == assembly && !group.Members.SequenceEqual(members);
    }

    /// <summary>The same configuration with the texts that others have as well, each once in memory.</summary>
    public InstanceConfig WithSharedTexts() => this with
    {
        Name = SharedTexts.Intern(Name),
        Deployable = Deployable with { Value = SharedTexts.Intern(Deployable.Value) },
        DeployableName = SharedTexts.Intern(DeployableName),
        ProvidedParameters = [.. ProvidedParameters.Select(SharedTexts.Intern)],
        Services = [.. Services.Select(service => service.WithSharedTexts())],
    };

    /// <summary>Names it and shows nothing that it holds: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(InstanceConfig)} {Id} of deployable {Deployable}";

    /// <summary>The same configuration without the contents of executables and files, which live in the instance's tarball.</summary>
    public InstanceConfig WithoutSources() =>
        this with { Services = [.. Services.Select(service => service with { Executable = null, Files = [] })] };
}

/// <summary>One service of an instance.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceConfig")]
public sealed record ServiceConfig
{
    /// <summary>The service's name, unique in its instance.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>Puppet classes (the 2011 form); empty otherwise.</summary>
    [Id(1)] public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>The service's required parameters, in document order.</summary>
    [Id(2)] public ImmutableArray<ParameterConfig> Parameters { get; init; } = [];

    /// <summary>What configures the service; null in the 2011 form and where sources were left out.</summary>
    [Id(3)] public SourceFile? Executable { get; init; }

    /// <summary>Files that accompany the executable.</summary>
    [Id(4)] public ImmutableArray<SourceFile> Files { get; init; } = [];

    /// <summary>As <see cref="InstanceConfig.WithSharedTexts"/>.</summary>
    internal ServiceConfig WithSharedTexts() => this with
    {
        Name = SharedTexts.Intern(Name),
        Parameters =
        [
            .. Parameters.Select(parameter => parameter with
            {
                Name = SharedTexts.Intern(parameter.Name),
                Reference = parameter.Reference is { } reference
                    ? reference with { Provider = reference.Provider with { Value = SharedTexts.Intern(reference.Provider.Value) }, Name = SharedTexts.Intern(reference.Name) }
                    : null,
            }),
        ],
    };
}

/// <summary>A file given inline or by URL; exactly one of <see cref="Url"/> and <see cref="Contents"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("audrey.SourceFile")]
public sealed record SourceFile
{
    /// <summary>Where to fetch the file, or null.</summary>
    [Id(0)] public string? Url { get; init; }

    /// <summary>The file's name in the tarball; null takes it from the URL.</summary>
    [Id(1)] public string? FileName { get; init; }

    /// <summary>The file's text, or null.</summary>
    [Id(2)] public string? Contents { get; init; }

    /// <summary>Without its contents, and without a URL that may hold a password: it may end up in a log.</summary>
    public override string ToString() => $"{nameof(SourceFile)} {FileName}";
}

/// <summary>
/// One required parameter of a service; exactly one of <see cref="Value"/>, <see cref="Reference"/> and <see cref="Group"/> is set.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ParameterConfig")]
public sealed record ParameterConfig
{
    /// <summary>The parameter's name, unique in its service.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The given value as bytes (UTF-8 of the document's text), or null.</summary>
    [Id(1)] public byte[]? Value { get; init; }

    /// <summary>Where the value comes from, or null.</summary>
    [Id(2)] public ParameterReference? Reference { get; init; }

    /// <summary>The group whose values make a list, or null.</summary>
    [Id(3)] public GroupReference? Group { get; init; }

    /// <summary>What stands in for a reference until its value is there (UTF-8); null: the service waits for it.</summary>
    [Id(4)] public byte[]? Default { get; init; }

    /// <summary>Whether the value must be shown to nobody but the guest.</summary>
    [Id(5)] public bool Secret { get; init; }

    /// <summary>What the value is.</summary>
    [Id(6)] public ParameterType Type { get; init; }

    /// <summary>What the value is of its provider, or of each member of its group; null: it is given.</summary>
    public ReferenceKind? Kind => Reference?.Kind ?? Group?.Kind;

    /// <summary>The instances that values are expected of: none, one, or the members of a group.</summary>
    public ImmutableArray<InstanceId> Providers => Reference is { } reference ? [reference.Provider] : Group?.Members ?? [];
}

/// <summary>What a parameter's value is.</summary>
public enum ParameterType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number, in decimal digits.</summary>
    Integer,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>Texts in their order; as one text, a line each.</summary>
    List,
}

/// <summary>What a reference names at its provider.</summary>
public enum ReferenceKind
{
    /// <summary>A provided parameter of the provider.</summary>
    ProvidedParameter,

    /// <summary>The exit status of a service of the provider, once that service has ended.</summary>
    ServiceEnd,
}

/// <summary>A value that another instance (or the same one) gives.</summary>
/// <param name="Provider">The instance that gives the value.</param>
/// <param name="Kind">What is referred to there.</param>
/// <param name="Name">Name of the provided parameter or of the service.</param>
[GenerateSerializer, Immutable, Alias("audrey.ParameterReference")]
public sealed record ParameterReference(
    [property: Id(0)] InstanceId Provider,
    [property: Id(1)] ReferenceKind Kind,
    [property: Id(2)] string Name);

/// <summary>
/// The values that the instances of a group give, in the group's order. Guests of versions 0 to 2 get them as one text with a line feed
/// between them.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.GroupReference")]
public sealed record GroupReference
{
    /// <summary>The assembly whose instances these are.</summary>
    [Id(0)] public required string Assembly { get; init; }

    /// <summary>The group's instances as they are now, by their ordinals; changed when the group grows or shrinks.</summary>
    [Id(1)] public ImmutableArray<InstanceId> Members { get; init; } = [];

    /// <summary>What is referred to at each.</summary>
    [Id(2)] public required ReferenceKind Kind { get; init; }

    /// <summary>Name of the provided parameter or of the service.</summary>
    [Id(3)] public required string Name { get; init; }

    /// <summary>The values of the first so many members that have given one; null: of all members.</summary>
    [Id(4)] public int? First { get; init; }

    /// <summary>How many values must be there; null: <see cref="First"/>, or one of every member.</summary>
    [Id(5)] public int? AtLeast { get; init; }
}

/// <summary>A name with its value, as bytes.</summary>
[GenerateSerializer, Immutable, Alias("audrey.NamedValue")]
public sealed record NamedValue([property: Id(0)] string Name, [property: Id(1)] byte[] Value);
