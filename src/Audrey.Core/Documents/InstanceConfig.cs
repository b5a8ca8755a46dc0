using System.Collections.Immutable;
using Audrey.Core.Ids;
using Orleans;

namespace Audrey.Core.Documents;

/// <summary>
/// The configuration that a conductor registers for one instance: its identity, the values that it provides, its services and their
/// parameters.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.InstanceConfig")]
public sealed record InstanceConfig
{
    /// <summary>The id of the instance.</summary>
    [Id(0)] public required InstanceId Id { get; init; }

    /// <summary>The name of the assembly that the instance was launched from.</summary>
    [Id(1)] public required string Name { get; init; }

    /// <summary>The secret that the guest signs its requests with.</summary>
    [Id(2)] public required string Secret { get; init; }

    /// <summary>The free-text value of the document's <c>type</c> attribute.</summary>
    [Id(3)] public string? Type { get; init; }

    /// <summary>The deployable that the instance belongs to.</summary>
    [Id(4)] public required DeployableId Deployable { get; init; }

    /// <summary>The name of the deployable.</summary>
    [Id(5)] public required string DeployableName { get; init; }

    /// <summary>The name of the template, or null if the document has none.</summary>
    [Id(6)] public string? Template { get; init; }

    /// <summary>The names of the values that the guest provides after it has booted, in document order.</summary>
    [Id(7)] public ImmutableArray<string> ProvidedParameters { get; init; } = [];

    /// <summary>The services of the instance, in document order.</summary>
    [Id(8)] public ImmutableArray<ServiceConfig> Services { get; init; } = [];

    /// <summary>
    /// The names of the <see cref="ProvidedParameters"/> with secret values. Only the instances that need a secret value receive it.
    /// </summary>
    [Id(9)] public ImmutableArray<string> SecretParameters { get; init; } = [];

    /// <summary>The instance's number in its group, from 0. Null if its assembly is not a group.</summary>
    [Id(10)] public int? Ordinal { get; init; }

    /// <summary>
    /// Whether this is the prototype of an empty group: the definition that new members are copies of. A prototype has no guest, no secret
    /// and no ordinal, and it is no member of its group.
    /// </summary>
    [Id(11)] public bool IsPrototype { get; init; }

    /// <summary>
    /// Whether the guest stays when all services have ended, as the document says. Null if the document does not say it; see <see
    /// cref="Stays"/>.
    /// </summary>
    [Id(12)] public bool? Stay { get; init; }

    /// <summary>The facts that are the values of <see cref="ProvidedParameters"/>, where the document names a fact.</summary>
    [Id(13)] public ImmutableArray<ProvidedFact> ProvidedFacts { get; init; } = [];

    /// <summary>
    /// Whether the guest stays when all services have ended, and applies later changes of its configuration. Without <see cref="Stay"/>,
    /// the guest stays if a service refers to a group, because the members of a group change.
    /// </summary>
    public bool Stays =>
        Stay ?? Services.Any(service => service.Parameters.Any(parameter => parameter.Group is not null));

    /// <summary>Returns the fact that the document names for a provided parameter, or null.</summary>
    public FactName? FactOf(string parameter)
    {
        if (ProvidedFacts.IsDefaultOrEmpty) return null;
        foreach (var provided in ProvidedFacts)
            if (provided.Parameter == parameter) return provided.Fact;
        return null;
    }

    /// <summary>The other instances that this instance expects values from, without duplicates.</summary>
    public IEnumerable<InstanceId> Providers =>
        Services.SelectMany(service => service.Parameters)
            .SelectMany(parameter => parameter.Providers)
            .Distinct()
            .Where(provider => provider != Id);

    /// <summary>
    /// Returns this configuration with <paramref name="members"/> in every reference to the group. Returns the same object if no reference
    /// changes.
    /// </summary>
    public InstanceConfig WithGroup(string assembly, ImmutableArray<InstanceId> members)
    {
        if (!Services.Any(service => service.Parameters.Any(Differs))) return this;
        return this with
        {
            Services = [.. Services.Select(service => service with { Parameters = [.. service.Parameters.Select(Change)] })],
        };

        ParameterConfig Change(ParameterConfig parameter) =>
            Differs(parameter) ? parameter with { Group = parameter.Group! with { Members = members } } : parameter;

        bool Differs(ParameterConfig parameter) =>
            parameter.Group is { } group && group.Assembly == assembly && !group.Members.SequenceEqual(members);
    }

    /// <summary>
    /// Returns the same configuration with shared strings. A string that many configurations contain is stored only once in memory.
    /// </summary>
    public InstanceConfig WithSharedTexts() => this with
    {
        Name = SharedTexts.Intern(Name),
        Deployable = Deployable with { Value = SharedTexts.Intern(Deployable.Value) },
        DeployableName = SharedTexts.Intern(DeployableName),
        ProvidedParameters = [.. ProvidedParameters.Select(SharedTexts.Intern)],
        Services = [.. Services.Select(service => service.WithSharedTexts())],
    };

    /// <summary>Returns the ids of the instance and the deployable and no other content, because the string can reach a log.</summary>
    public override string ToString() => $"{nameof(InstanceConfig)} {Id} of deployable {Deployable}";

    /// <summary>
    /// Returns the parts that other instances depend on: what the instance provides, its services, and their references. It has neither
    /// secrets nor values.
    /// </summary>
    public InstanceConfig Outline() => this with
    {
        Secret = "",
        Services =
        [
            .. Services.Select(service => new ServiceConfig
            {
                Name = service.Name,
                Parameters =
                [
                    .. service.Parameters.Where(parameter => parameter.Reference is not null || parameter.Group is not null)
                        .Select(parameter => parameter with { Value = null, Default = parameter.Default is null ? null : [] }),
                ],
            }),
        ],
    };

    /// <summary>Returns the same configuration without executables and files, which are in the instance's tarball.</summary>
    public InstanceConfig WithoutSources() =>
        this with { Services = [.. Services.Select(service => service with { Executable = null, Files = [] })] };
}

/// <summary>One service of an instance.</summary>
[GenerateSerializer, Immutable, Alias("audrey.ServiceConfig")]
public sealed record ServiceConfig
{
    /// <summary>The name of the service, unique in its instance.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The puppet classes in the format of 2011. Empty otherwise.</summary>
    [Id(1)] public ImmutableArray<string> Classes { get; init; } = [];

    /// <summary>The required parameters of the service, in document order.</summary>
    [Id(2)] public ImmutableArray<ParameterConfig> Parameters { get; init; } = [];

    /// <summary>The program that configures the service. Null in the format of 2011. Also null if the sources were left out.</summary>
    [Id(3)] public SourceFile? Executable { get; init; }

    /// <summary>Files that accompany the executable.</summary>
    [Id(4)] public ImmutableArray<SourceFile> Files { get; init; } = [];

    /// <summary>Returns the same service with shared strings; see <see cref="InstanceConfig.WithSharedTexts"/>.</summary>
    internal ServiceConfig WithSharedTexts() => this with
    {
        Name = SharedTexts.Intern(Name),
        Parameters = [.. Parameters.Select(parameter => parameter with
        {
            Name = SharedTexts.Intern(parameter.Name),
            Reference = parameter.Reference is null ? null : WithSharedTexts(parameter.Reference),
        })],
    };

    private static ParameterReference WithSharedTexts(ParameterReference reference) => reference with
    {
        Provider = reference.Provider with { Value = SharedTexts.Intern(reference.Provider.Value) },
        Name = SharedTexts.Intern(reference.Name),
    };
}

/// <summary>A file, given inline or by URL. Exactly one of <see cref="Url"/> and <see cref="Contents"/> is set.</summary>
[GenerateSerializer, Immutable, Alias("audrey.SourceFile")]
public sealed record SourceFile
{
    /// <summary>The URL from which the file is fetched, or null.</summary>
    [Id(0)] public string? Url { get; init; }

    /// <summary>The name of the file in the tarball. Null if the name comes from the URL.</summary>
    [Id(1)] public string? FileName { get; init; }

    /// <summary>The content of the file, or null.</summary>
    [Id(2)] public string? Contents { get; init; }

    /// <summary>Shows only the file name, because the string can reach a log. The contents and the URL may contain a password.</summary>
    public override string ToString() => $"{nameof(SourceFile)} {FileName}";
}

/// <summary>
/// A required parameter of a service. Exactly one of <see cref="Value"/>, <see cref="Reference"/> and <see cref="Group"/> is set.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.ParameterConfig")]
public sealed record ParameterConfig
{
    /// <summary>The name of the parameter, unique in its service.</summary>
    [Id(0)] public required string Name { get; init; }

    /// <summary>The value in bytes, or null. The bytes are the text in the document, encoded in UTF-8.</summary>
    [Id(1)] public byte[]? Value { get; init; }

    /// <summary>The source of the value, or null.</summary>
    [Id(2)] public ParameterReference? Reference { get; init; }

    /// <summary>The reference to the group that provides the values of a list, or null.</summary>
    [Id(3)] public GroupReference? Group { get; init; }

    /// <summary>The value (in UTF-8) to use until the reference has a value. Null if the service waits for the reference.</summary>
    [Id(4)] public byte[]? Default { get; init; }

    /// <summary>Whether the value is secret. Only the guest receives a secret value.</summary>
    [Id(5)] public bool Secret { get; init; }

    /// <summary>The type of the value.</summary>
    [Id(6)] public ParameterType Type { get; init; }

    /// <summary>The treatment of the service if the service whose end the parameter refers to has failed.</summary>
    [Id(7)] public FailurePolicy OnFailed { get; init; }

    /// <summary>
    /// The kind of value that the parameter refers to at its provider, or at each member of its group. Null if the value is given.
    /// </summary>
    public ReferenceKind? Kind => Reference?.Kind ?? Group?.Kind;

    /// <summary>The instances that this parameter expects values from: no instance, one instance, or the members of a group.</summary>
    public ImmutableArray<InstanceId> Providers => Reference is { } reference ? [reference.Provider] : Group?.Members ?? [];
}

/// <summary>The type of a parameter's value.</summary>
public enum ParameterType
{
    /// <summary>Any text.</summary>
    Text,

    /// <summary>A whole number, in decimal digits.</summary>
    Integer,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary>A list of strings. As one string, it has one item on each line.</summary>
    List,
}

/// <summary>The treatment of a service if a service that it waited for has failed.</summary>
public enum FailurePolicy
{
    /// <summary>The service runs, as in 2012. Its script can read the exit status.</summary>
    GoOn,

    /// <summary>The service does not run until the failed service has run again and succeeded.</summary>
    Stop,
}

/// <summary>The kind of value that a reference refers to at its provider.</summary>
public enum ReferenceKind
{
    /// <summary>A provided parameter of the provider.</summary>
    ProvidedParameter,

    /// <summary>The exit status of a service of the provider, once that service has ended.</summary>
    ServiceEnd,
}

/// <summary>A reference to a value of another instance or of the same instance.</summary>
/// <param name="Provider">The instance that provides the value.</param>
/// <param name="Kind">The kind of value that the reference refers to at the provider.</param>
/// <param name="Name">The name of the provided parameter or the service.</param>
[GenerateSerializer, Immutable, Alias("audrey.ParameterReference")]
public sealed record ParameterReference(
    [property: Id(0)] InstanceId Provider,
    [property: Id(1)] ReferenceKind Kind,
    [property: Id(2)] string Name);

/// <summary>
/// A reference to the values that the instances of a group provide, in the group's order. Guests of versions 0 to 2 receive the values as
/// one string, with one value on each line.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.GroupReference")]
public sealed record GroupReference
{
    /// <summary>The name of the group's assembly.</summary>
    [Id(0)] public required string Assembly { get; init; }

    /// <summary>The current members of the group, by ordinal. The members change when the group is scaled.</summary>
    [Id(1)] public ImmutableArray<InstanceId> Members { get; init; } = [];

    /// <summary>The kind of value that the reference refers to at each member.</summary>
    [Id(2)] public required ReferenceKind Kind { get; init; }

    /// <summary>The name of the provided parameter or the service.</summary>
    [Id(3)] public required string Name { get; init; }

    /// <summary>
    /// Maximum number of values. The values of the first members that have provided a value are used. Null if the values of all members are
    /// used.
    /// </summary>
    [Id(4)] public int? First { get; init; }

    /// <summary>
    /// The number of values that are needed. Null if <see cref="First"/> values are needed. If <see cref="First"/> is also null, one value
    /// from every member is needed. Without this number, nothing is needed of an empty group.
    /// </summary>
    [Id(5)] public int? AtLeast { get; init; }

    /// <summary>The numbers of values of the group that the reference uses and needs.</summary>
    public GroupNumbers Numbers => new(First, AtLeast);
}

/// <summary>A name and its value in bytes.</summary>
[GenerateSerializer, Immutable, Alias("audrey.NamedValue")]
public sealed record NamedValue([property: Id(0)] string Name, [property: Id(1)] byte[] Value);
