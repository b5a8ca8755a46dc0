using System.Collections.Immutable;
using Audrey.Core.Findings;
using Orleans;

namespace Audrey.Core.Documents;

/// <summary>
/// The parts of an instance config document that are not valid, and that a registration of versions 0 to 2 accepts nevertheless. See
/// decision 0055.
/// </summary>
[GenerateSerializer, Immutable, Alias("audrey.Leniency")]
public sealed record Leniency
{
    /// <summary>The leniency for a document in which everything is valid.</summary>
    public static Leniency None { get; } = new();

    /// <summary>The findings that were forgiven, in document order. Their number is limited.</summary>
    [Id(0)] public ImmutableArray<Finding> Forgiven { get; init; } = [];

    /// <summary>The executables and files that are left out, by service.</summary>
    [Id(1)] public ImmutableArray<LeftOutSources> LeftOut { get; init; } = [];

    /// <summary>Every place where the document names an executable or a file by URL. A URL that cannot be fetched is left out as
    /// well.</summary>
    [Id(2)] public ImmutableArray<SourceUse> Uses { get; init; } = [];

    /// <summary>Returns the reason why executables or files of a service are left out, on one line, or null.</summary>
    public string? ProblemOf(string service)
    {
        foreach (var sources in LeftOut)
            if (sources.Service == service) return sources.Describe();
        return null;
    }

    /// <summary>Returns this leniency and that for the URLs that could not be fetched.</summary>
    /// <param name="failures">The reason for each such URL. It is the beginning of a sentence.</param>
    public Leniency WithFailures(IReadOnlyDictionary<string, string> failures)
    {
        ArgumentNullException.ThrowIfNull(failures);
        if (failures.Count == 0) return this;
        var forgiven = new FindingList();
        var leftOut = LeftOut.ToDictionary(sources => sources.Service, StringComparer.Ordinal);
        foreach (var use in Uses)
        {
            if (!failures.TryGetValue(use.Url, out var reason)) continue;
            var finding = new Finding($"{reason}; the {use.Element} is left out", use.Line, use.Column);
            forgiven.Add(finding.Message, new(use.Line, use.Column));
            leftOut[use.Service] = leftOut.GetValueOrDefault(use.Service, new(use.Service, [], 0)).With(finding);
        }

        return this with
        {
            Forgiven = [.. Forgiven.Concat(forgiven.ToImmutable()).OrderBy(finding => finding.Line).ThenBy(finding => finding.Column)],
            LeftOut = [.. leftOut.Values],
        };
    }
}

/// <summary>A place in a document that names an executable or a file by URL.</summary>
/// <param name="Service">The service.</param>
/// <param name="Element"><c>executable</c> or <c>file</c>.</param>
/// <param name="Url">The URL.</param>
/// <param name="Line">The line in the document, from 1.</param>
/// <param name="Column">The column in that line, from 1.</param>
[GenerateSerializer, Immutable, Alias("audrey.SourceUse")]
public sealed record SourceUse(
    [property: Id(0)] string Service,
    [property: Id(1)] string Element,
    [property: Id(2)] string Url,
    [property: Id(3)] int Line,
    [property: Id(4)] int Column)
{
    /// <summary>Leaves the URL out, because a URL can contain a token and the string can reach a log.</summary>
    public override string ToString() => $"{nameof(SourceUse)} {Element} of {Service}";
}

/// <summary>The executables and files of one service that are left out.</summary>
/// <param name="Service">The service.</param>
/// <param name="Reasons">The first reasons.</param>
/// <param name="Count">The number of executables and files.</param>
[GenerateSerializer, Immutable, Alias("audrey.LeftOutSources")]
public sealed record LeftOutSources(
    [property: Id(0)] string Service, [property: Id(1)] ImmutableArray<Finding> Reasons, [property: Id(2)] int Count)
{
    private const int MaxReasons = 5;

    /// <summary>Returns these sources and one more.</summary>
    public LeftOutSources With(Finding reason) =>
        this with { Reasons = Reasons.Length < MaxReasons ? Reasons.Add(reason) : Reasons, Count = Count + 1 };

    /// <summary>Returns the reasons for human readers, on one line.</summary>
    public string Describe() =>
        string.Join("; ", Reasons) + (Count > Reasons.Length ? $"; {FindingList.More(Count - Reasons.Length)}" : "");
}
