using Audrey.Core.Deployables.Drafts;
using Audrey.Core.Documents;
using Audrey.Core.Limits;

namespace Audrey.Core.Deployables.Validation;

/// <summary>Rules for references to groups.</summary>
internal static class GroupRules
{
    /// <summary>Returns whether a reference breaks one of the rules for the assembly that it names.</summary>
    public static bool IsBroken(ReferenceDraft draft, AssemblyDocument provider, DocumentLimits limits) =>
        draft.OfGroup == provider.Count is null
        || (provider.Count is { } count && draft.Parameter.Reference!.Numbers.Problem(provider.Name, count, limits) is not null);

    /// <summary>Reports the rules that a reference breaks.</summary>
    public static void Check(string where, ReferenceDraft draft, AssemblyDocument provider, DocumentLimits limits)
    {
        var numbers = draft.Parameter.Reference!.Numbers;
        var name = NameRules.Show(provider.Name);
        if (provider.Count is not { } count)
        {
            if (draft.OfGroup) draft.Assembly.Report($"{where} {GroupNumbers.ProblemOfSingle(provider.Name)}");
            return;
        }

        if (!draft.OfGroup)
        {
            draft.Assembly.Report(
                $"{where} refers to {name}, which is a group, as if it were a single instance; "
                + $"{draft.GroupForm ?? "refer to a single instance"}");
            return;
        }

        if (numbers.Problem(provider.Name, count, limits) is { } problem) draft.Assembly.Report($"{where} {problem}");
        else if (numbers.Shortfall(provider.Name, count) is { } note) draft.Assembly.Warn($"{where} {note}");
    }
}
