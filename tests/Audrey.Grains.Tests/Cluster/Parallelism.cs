// Only one cluster runs at a time. With two clusters on one machine, silos would respond too late and would declare each other dead.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
