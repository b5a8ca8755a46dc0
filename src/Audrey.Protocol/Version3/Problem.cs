namespace Audrey.Protocol.Version3;

/// <summary>Why a request was not carried out (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record Problem
{
    /// <summary>One of <see cref="ProblemTypes"/>: for programs.</summary>
    public required string Type { get; init; }

    /// <summary>The type in words; the same for every problem of the type.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong this time and what to do about it.</summary>
    public string? Detail { get; init; }

    /// <summary>Each fault in the request, when there may be several.</summary>
    public IReadOnlyList<Fault>? Errors { get; init; }

    /// <summary>With <see cref="ProblemTypes.OtherGeneration"/>: the generation now.</summary>
    public long? Generation { get; init; }

    /// <summary>With <see cref="ProblemTypes.OldRevision"/> and <see cref="ProblemTypes.RevisionUsed"/>: the revision, or run, taken last.</summary>
    public long? Revision { get; init; }
}

/// <summary>One fault in a request.</summary>
/// <param name="Pointer">Where: a JSON pointer into the body, or the name of a query parameter.</param>
/// <param name="Detail">What is wrong there.</param>
public sealed record Fault(string Pointer, string Detail);
