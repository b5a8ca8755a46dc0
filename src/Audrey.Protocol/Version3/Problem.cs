namespace Audrey.Protocol.Version3;

/// <summary>The reason why a request failed (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed record Problem
{
    /// <summary>One of <see cref="ProblemTypes"/>, for programs.</summary>
    public required string Type { get; init; }

    /// <summary>A short description of the type. All problems of one type have the same title.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>The error in this request, and the remedy.</summary>
    public string? Detail { get; init; }

    /// <summary>The errors in the request, for types of problems that can list several errors.</summary>
    public IReadOnlyList<ProblemError>? Errors { get; init; }

    /// <summary>With <see cref="ProblemTypes.OtherGeneration"/>: the current generation.</summary>
    public long? Generation { get; init; }

    /// <summary>
    /// With <see cref="ProblemTypes.OldRevision"/> and <see cref="ProblemTypes.RevisionUsed"/>: the last accepted revision or run.
    /// </summary>
    public long? Revision { get; init; }

    /// <summary>
    /// With <see cref="ProblemTypes.QuotaExceeded"/>: what the quota limits, <c>deployables</c>, <c>instances</c> or <c>streams</c>.
    /// </summary>
    public string? Quota { get; init; }

    /// <summary>With <see cref="ProblemTypes.QuotaExceeded"/>: the maximum number.</summary>
    public long? Limit { get; init; }

    /// <summary>With <see cref="ProblemTypes.QuotaExceeded"/>: the number before the request.</summary>
    public long? Present { get; init; }
}

/// <summary>One error in a request.</summary>
/// <param name="Pointer">The location of the error: a JSON pointer into the body, or the name of a query parameter.</param>
/// <param name="Detail">A description of the error.</param>
public sealed record ProblemError(string Pointer, string Detail);
