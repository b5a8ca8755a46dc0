namespace Audrey.Protocol.Reports;

/// <summary>How far a service, an instance or a deployable is.</summary>
public enum Completion
{
    /// <summary>Ended well.</summary>
    Success = 0,

    /// <summary>Not ended yet.</summary>
    Incomplete = 1,

    /// <summary>Ended badly.</summary>
    Error = 2,
}

/// <summary>Writes a <see cref="Completion"/>.</summary>
public static class CompletionText
{
    /// <summary>The status as reports write it: <c>success</c>, <c>incomplete</c> or <c>error</c>.</summary>
    public static string Text(this Completion completion) => completion switch
    {
        Completion.Success => "success",
        Completion.Error => "error",
        _ => "incomplete",
    };
}
