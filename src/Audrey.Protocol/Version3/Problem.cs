namespace Audrey.Protocol.Version3;

/// <summary>Why a request failed (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record Problem
{
    /// <summary>One of <see cref="ProblemTypes"/>, for programs.</summary>
    public required string Type { get; init; }

    /// <summary>The type in words. All problems of a type have the same title.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong in this case, and what to do about it.</summary>
    public string? Detail { get; init; }

    /// <summary>The errors in the request, if there may be several.</summary>
    public IReadOnlyList<Fault>? Errors { get; init; }

    /// <summary>With <see cref="ProblemTypes.OtherGeneration"/>: the current generation.</summary>
    public long? Generation { get; init; }

    /// <summary>
    /// With <see cref="ProblemTypes.OldRevision"/> and <see cref="ProblemTypes.RevisionUsed"/>: the last accepted revision or run.
    /// </summary>
    public long? Revision { get; init; }
}

/// <summary>One error in a request.</summary>
/// <param name="Pointer">The place: a JSON pointer into the body, or the name of a query parameter.</param>
/// <param name="Detail">What is wrong.</param>
public sealed record Fault(string Pointer, string Detail);
