namespace Audrey.Agent.Stages.Discover;

/// <summary>User data, or a part of it, cannot be read.</summary>
/// <param name="problem">What is wrong, such as <c>is empty</c>.</param>
/// <param name="part">The part. Null for the whole user data.</param>
/// <param name="cause">The exception of the part alone.</param>
internal sealed class UserDataException(string problem, string? part = null, Exception? cause = null)
    : Exception(part is null ? $"The user data {problem}." : $"The user data is wrong: {part} {problem}.", cause)
{
    /// <summary>Returns the exception with the name of the part in which the problem is.</summary>
    public UserDataException In(string name) => new(problem, part is null ? name : $"{name}, {part}", this);
}
