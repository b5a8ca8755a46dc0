using System.CommandLine;

return await new RootCommand("Launch machines together and see them configured as one.").Parse(args).InvokeAsync();
