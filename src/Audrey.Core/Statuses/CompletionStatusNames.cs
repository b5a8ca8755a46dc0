using Audrey.Core.Completion;
using Audrey.Core.Instances;

namespace Audrey.Core.Statuses;

/// <summary>The names of <see cref="CompletionStatus"/> in JSON and in reports.</summary>
public static class CompletionStatusNames
{
    /// <summary>Returns the name, such as <c>incomplete</c>.</summary>
    public static string NameOf(CompletionStatus status) => status switch
    {
        CompletionStatus.Success => "success",
        CompletionStatus.Error => "error",
        _ => "incomplete",
    };

    /// <summary>Returns the status with this name. Returns null if there is no such status.</summary>
    public static CompletionStatus? Parse(string name) => name switch
    {
        "incomplete" => CompletionStatus.Incomplete,
        "success" => CompletionStatus.Success,
        "error" => CompletionStatus.Error,
        _ => null,
    };
}
